import {
  ConfabError,
  type CursorPage,
  LIMITS,
  type ScheduledMessage,
  type ScheduleMessage,
  type UpdateScheduled,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { MessageService } from '../messages';
import { bodyOf, presentScheduled } from './present';
import type { ScheduledRepository } from './repository';
import { timeOf } from './rules';
import type { ScheduledRow } from './sending-writes';
import { cancelScheduled, reschedule, schedule } from './writes';

export interface ScheduledDeps {
  scheduled: ScheduledRepository;
  messages: MessageService;
  committer: Committer;
  bus: Bus;
  now: () => number;
  randomUuid: () => string;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Something new falls due then. */
  onDue: (at: number) => void;
}

/** Messages that wait for their time. Nobody but their owner knows of them. */
export class ScheduledService {
  readonly #deps: ScheduledDeps;

  constructor(deps: ScheduledDeps) {
    this.#deps = deps;
  }

  async schedule(
    userId: number,
    request: ScheduleMessage,
  ): Promise<{ scheduled: ScheduledMessage; isNew: boolean }> {
    this.#deps.limit(userId);
    const { chat_id, send_at, client_message_id, ...body } = request;
    const at = this.#deps.now();
    const sendAt = timeOf(send_at, at);
    const message_type = await this.#deps.messages.check(userId, chat_id, body);
    const input = {
      userId,
      chatId: chat_id,
      body: JSON.stringify({ ...body, message_type }),
      mediaIds: body.media_ids ?? [],
      clientMessageId: client_message_id ?? this.#deps.randomUuid(),
      sendAt,
      at,
      maxWaiting: LIMITS.scheduledPerUser,
    };
    const { row, isNew } = await this.#deps.committer.submit(schedule, input, userId);
    if (isNew) this.#tell(row);
    return { scheduled: presentScheduled(row), isNew };
  }

  async list(
    userId: number,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<ScheduledMessage>> {
    const after =
      query.cursor === undefined
        ? ([0, 0] as const)
        : decodeCursor(query.cursor, 'number', 'number');
    const rows = await this.#deps.scheduled.page(userId, after, query.limit + 1);
    const cursorOf = (row: ScheduledRow) => encodeCursor(row.send_at, row.id);
    return pageOf(rows, query.limit, cursorOf, presentScheduled);
  }

  async change(userId: number, id: number, change: UpdateScheduled): Promise<ScheduledMessage> {
    const { limit, now, messages, committer } = this.#deps;
    limit(userId);
    const row = await this.#deps.scheduled.ofUser(userId, id);
    if (!row) throw new ConfabError('not_found', 'There is no such scheduled message');
    const sendAt = change.send_at === undefined ? undefined : timeOf(change.send_at, now());
    const before = bodyOf(row);
    const content = change.content ?? before.content;
    await messages.check(userId, row.chat_id, { ...before, content });
    const input = {
      id,
      userId,
      content: change.content,
      sendAt,
      maxWaiting: LIMITS.scheduledPerUser,
    };
    const changed = await committer.submit(reschedule, input, userId);
    this.#tell(changed);
    return presentScheduled(changed);
  }

  async cancel(userId: number, id: number): Promise<void> {
    this.#deps.limit(userId);
    const input = { id, userId, mediaUntil: mediaUntil(this.#deps.now()) };
    await this.#deps.committer.submit(cancelScheduled, input, userId, () =>
      tellScheduled(this.#deps.bus, userId, id, null),
    );
  }

  #tell(row: ScheduledRow) {
    this.#deps.onDue(row.due_at);
    tellScheduled(this.#deps.bus, row.user_id, row.id, row);
  }
}

/** Until when files wait that a scheduled message does not need any more. */
export const mediaUntil = (now: number) => now + LIMITS.unsentFileHours * 3600_000;

/** Tells a user's own devices. @param row null when it is gone */
export function tellScheduled(
  bus: Bus,
  userId: number,
  id: number,
  row: ScheduledRow | null,
): void {
  const scheduled = row && presentScheduled(row);
  const told = frame('scheduled_message', {
    scheduled_id: id as ScheduledMessage['id'],
    scheduled,
  });
  bus.publish({ kind: 'user', userId, frame: told });
}
