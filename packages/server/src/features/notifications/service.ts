import type {
  CursorPage,
  Mention,
  Notification,
  NotificationCount,
  NotificationSettings,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Committer } from '../../storage/committer';
import type { ChatState, ChatStates } from '../chats';
import type { NotificationFollower } from './follower';
import { presentMention, presentNotification } from './present';
import { presentQuietHours, readQuietHours } from './quiet-hours';
import type { NotificationRepository } from './repository';
import { readAll, readMention, readNotification, saveQuietHours } from './setting-writes';

export interface NotificationDeps {
  notifications: NotificationRepository;
  follower: Pick<NotificationFollower, 'settle'>;
  states: ChatStates;
  committer: Committer;
  /** Tells connected members how many unread messages and mentions they have. */
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
}

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
    const before = placeIn(query);
    await this.#deps.follower.settle(userId);
    const { notifications } = this.#deps;
    const rows = await notifications.page(userId, query.unread_only, before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), presentNotification);
  }

  async mentions(userId: number, query: PageQuery): Promise<CursorPage<Mention>> {
    const before = placeIn(query);
    const rows = await this.#deps.notifications.mentions(userId, before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), presentMention);
  }

  async count(userId: number): Promise<NotificationCount> {
    const { follower, notifications } = this.#deps;
    await follower.settle(userId);
    const [unread, mentions] = await Promise.all([
      notifications.unreadCounts([userId]),
      notifications.mentionCount(userId),
    ]);
    return { unread: unread.get(userId) ?? 0, mentions };
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

  async setSettings(userId: number, settings: NotificationSettings): Promise<NotificationSettings> {
    const hours = readQuietHours(settings);
    await this.#deps.committer.submit(saveQuietHours, { userId, hours }, userId);
    return presentQuietHours(hours);
  }
}
