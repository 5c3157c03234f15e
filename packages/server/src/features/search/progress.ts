import type { Kysely } from 'kysely';
import { prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import type { IndexProgress } from './follower';

/** Chats looked at in one query. */
const LOOK = 1000;

export function indexProgress(db: Kysely<Schema>): IndexProgress {
  const chats = prepared(db, (read, p: { after: number }) =>
    read
      .selectFrom('chats as c')
      .leftJoin('search_progress as p', 'p.chat_id', 'c.id')
      .select(['c.id', 'c.is_active', 'c.is_encrypted', 'c.last_seq', 'p.seq'])
      .where('c.id', '>', p.after)
      .orderBy('c.id')
      .limit(LOOK),
  );
  return {
    async behindAfter(after) {
      const rows = await chats({ after });
      const behind = rows.filter(
        (chat) =>
          chat.is_active === 1 && chat.is_encrypted === 0 && chat.last_seq > (chat.seq ?? 0),
      );
      const last = rows.length === LOOK ? rows.at(-1)?.id : undefined;
      return { behind: behind.map((chat) => chat.id), next: last ?? null };
    },
    async hasChanges() {
      const row = await db
        .selectFrom('search_changes')
        .select('message_id')
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
