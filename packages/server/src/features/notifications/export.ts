import type { Mention, Notification } from '@confab/protocol';
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import { type ExportFile, type ExportSource, jsonLines } from '../account';
import { presentMention, presentNotification } from './present';
import { presentQuietHours } from './quiet-hours';
import { isOver, type NotificationRepository } from './repository';

const PAGE = 100;
/** What notifications stand for is looked through, so few are read at a time. */
const STEP = 16;

/** What one was notified of, and how one wants to be. */
export class NotificationExport implements ExportSource {
  readonly about = [
    {
      path: 'notifications.jsonl',
      meaning: 'what you were notified of in the last 90 days, the newest first',
    },
    { path: 'mentions.jsonl', meaning: 'messages that mention you, and whether you read them' },
    { path: 'notification-settings.jsonl', meaning: 'your quiet hours, if you have some' },
  ];
  readonly #db: Kysely<Schema>;
  readonly #notifications: NotificationRepository;

  constructor(db: Kysely<Schema>, notifications: NotificationRepository) {
    this.#db = db;
    this.#notifications = notifications;
  }

  async *files(userId: number): AsyncGenerator<ExportFile> {
    yield { name: 'notifications.jsonl', content: jsonLines(this.#shown(userId)) };
    yield { name: 'mentions.jsonl', content: jsonLines(this.#mentions(userId)) };
    yield { name: 'notification-settings.jsonl', content: jsonLines(this.#settings(userId)) };
  }

  async *#shown(userId: number): AsyncGenerator<Notification[]> {
    for (let before: number | undefined; ; ) {
      const rows = await this.#notifications.next(userId, false, before, STEP);
      yield rows.filter((row) => !isOver(row)).map(presentNotification);
      if (rows.length < STEP) return;
      before = rows.at(-1)?.id;
    }
  }

  async *#mentions(userId: number): AsyncGenerator<Mention[]> {
    for (let after = 0; ; ) {
      const rows = await mentionsOf(this.#db, userId, after);
      yield rows.map((row) => presentMention(row, row.is_read === 1));
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }

  async *#settings(userId: number): AsyncGenerator<object[]> {
    const settings = await this.#notifications.settings([userId]);
    yield [...settings.values()].map(presentQuietHours);
  }
}

/** Of chats that one has left too. What lies before one's watermark is read. */
function mentionsOf(db: Kysely<Schema>, userId: number, after: number) {
  return db
    .selectFrom('mentions as x')
    .leftJoin('chat_members as m', (join) =>
      join.onRef('m.chat_id', '=', 'x.chat_id').onRef('m.user_id', '=', 'x.user_id'),
    )
    .select(['x.id', 'x.message_id', 'x.chat_id', 'x.user_id', 'x.created_at'])
    .select(
      sql<number>`case when x.is_read = 1 or x.seq <= m.last_read_seq then 1 else 0 end`.as(
        'is_read',
      ),
    )
    .where('x.user_id', '=', userId)
    .where('x.id', '>', after)
    .orderBy('x.id')
    .limit(PAGE)
    .execute();
}
