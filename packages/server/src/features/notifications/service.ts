import {
  ConfabError,
  type CursorPage,
  type Mention,
  type Notification,
  type NotificationCount,
  type NotificationSettings,
  type SetNotificationSettings,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Committer } from '../../storage/committer';
import type { ChatState, ChatStates } from '../chats';
import type { NotificationFollower } from './follower';
import { presentMention, presentNotification } from './present';
import { type HoursFault, presentQuietHours, readQuietHours } from './quiet-hours';
import type { NotificationReader } from './reader';
import type { MentionRow, NotificationRepository } from './repository';
import { changeQuietHours, readAll, readMention, readNotification } from './setting-writes';

export interface NotificationDeps {
  notifications: NotificationRepository;
  reader: NotificationReader;
  follower: Pick<NotificationFollower, 'settle'>;
  states: ChatStates;
  committer: Committer;
  /** Counts a question of a user. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
  /** Tells connected members how many unread messages and mentions they have. */
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
}

const HOURS_FAULTS: Record<HoursFault, { detail: string; message: string }> = {
  one_end: {
    detail: 'Quiet hours need a beginning and an end',
    message: 'quiet_from and quiet_to must both be set, or both be null',
  },
  same_time: {
    detail: 'Quiet hours must not begin and end at the same time. To end them, set both to null.',
    message: 'quiet_from and quiet_to must be different times',
  },
};

type PageQuery = { limit: number; cursor?: string | undefined };

const placeIn = ({ cursor }: PageQuery) =>
  cursor === undefined ? undefined : decodeCursor(cursor, 'number')[0];

/** A user's notifications, and what they do with them. */
export class NotificationService {
  readonly #deps: NotificationDeps;

  constructor(deps: NotificationDeps) {
    this.#deps = deps;
  }

  async list(
    userId: number,
    query: PageQuery & { unread_only: boolean },
  ): Promise<CursorPage<Notification>> {
    const { limitRead, follower, reader } = this.#deps;
    limitRead(userId);
    const wanted = { unreadOnly: query.unread_only, before: placeIn(query), limit: query.limit };
    await follower.settle(userId);
    const { rows, next } = await reader.page(userId, wanted);
    const next_cursor = next === undefined ? null : encodeCursor(next);
    return { items: rows.map(presentNotification), next_cursor };
  }

  async mentions(userId: number, query: PageQuery): Promise<CursorPage<Mention>> {
    this.#deps.limitRead(userId);
    const before = placeIn(query);
    const rows = await this.#deps.notifications.mentions(userId, before, query.limit + 1);
    const unread = (row: MentionRow) => presentMention(row, false);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), unread);
  }

  async count(userId: number): Promise<NotificationCount> {
    const { limitRead, follower, notifications, reader } = this.#deps;
    limitRead(userId);
    await follower.settle(userId);
    const [unread, mentions] = await Promise.all([
      reader.unreadCount(userId),
      notifications.mentionCount(userId),
    ]);
    return { unread, mentions };
  }

  /** @throws ConfabError `not_found` */
  async read(userId: number, id: number): Promise<void> {
    const { mentionIn } = await this.#deps.committer.submit(
      readNotification,
      { userId, id },
      userId,
    );
    if (mentionIn !== null) await this.#recounted(userId, mentionIn);
  }

  /** @throws ConfabError `not_found` */
  async readMention(userId: number, id: number): Promise<void> {
    const { chatId } = await this.#deps.committer.submit(readMention, { userId, id }, userId);
    await this.#recounted(userId, chatId);
  }

  async readAll(userId: number): Promise<void> {
    await this.#deps.follower.settle(userId);
    const { chatIds } = await this.#deps.committer.submit(readAll, { userId }, userId);
    for (const chatId of chatIds) await this.#recounted(userId, chatId);
  }

  async #recounted(userId: number, chatId: number): Promise<void> {
    const state = await this.#deps.states.load(chatId);
    if (state) this.#deps.tellUnread(state, [userId]);
  }

  async settings(userId: number): Promise<NotificationSettings> {
    return presentQuietHours(await this.#deps.notifications.quietHours(userId));
  }

  /** @throws ConfabError `invalid` when the hours would have only one end, or no length */
  async setSettings(
    userId: number,
    settings: SetNotificationSettings,
  ): Promise<NotificationSettings> {
    const changes = readQuietHours(settings);
    const hours = await this.#deps.committer.submit(changeQuietHours, { userId, changes }, userId);
    if (typeof hours === 'object') return presentQuietHours(hours);
    const path = settings.quiet_from === undefined ? 'quiet_to' : 'quiet_from';
    const { detail, message } = HOURS_FAULTS[hours];
    throw new ConfabError('invalid', detail, { errors: [{ path, message }] });
  }
}
