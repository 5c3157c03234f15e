import type { Kysely } from 'kysely';
import type { Schema } from '../../storage/schema';
import type { InviteRow } from './writes';

/** An invitation with what may be shown of its group. */
export interface InvitedTo extends InviteRow {
  name: string | null;
  description: string | null;
  avatar_url: string | null;
  member_count: number;
}

export class InviteRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Undefined for those of deleted groups too. */
  byCode(code: string): Promise<InvitedTo | undefined> {
    return this.#db
      .selectFrom('chat_invites as i')
      .innerJoin('chats as c', 'c.id', 'i.chat_id')
      .selectAll('i')
      .select(['c.name', 'c.description', 'c.avatar_url', 'c.member_count'])
      .where('i.code', '=', code)
      .where('c.is_active', '=', 1)
      .executeTakeFirst();
  }

  /** A group's invitations older than one, the newest first. */
  page(chatId: number, beforeId: number, limit: number): Promise<InviteRow[]> {
    return this.#db
      .selectFrom('chat_invites')
      .selectAll()
      .where('chat_id', '=', chatId)
      .where('id', '<', beforeId)
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }
}
