import type { Kysely } from 'kysely';
import type { MemberState } from '../../realtime/bus';
import type { Schema } from '../../storage/schema';
import { chatQueries, chatsOfUser } from './queries';
import { type ChatRow, type MemberRow, memberState } from './records';

/** A chat with what one of its members has in it. */
export interface ChatOfUser extends ChatRow {
  role: MemberRow['role'];
  nickname: string | null;
  is_muted: number;
  muted_until: number | null;
  notification_level: MemberRow['notification_level'];
  settings_version: number;
  last_read_seq: number;
  mention_count: number | null;
  last_read_message_id: number | null;
  peer_id: number | null;
}

export interface MemberWithMarks extends MemberRow {
  last_read_message_id: number | null;
  last_delivered_message_id: number | null;
}

export interface ChatRevision {
  chatId: number;
  rev: number;
  lastSeq: number;
  /** Up to where the user has received it. */
  deliveredSeq: number;
}

export class ChatRepository {
  readonly #db: Kysely<Schema>;
  readonly #queries: ReturnType<typeof chatQueries>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#queries = chatQueries(db);
  }

  async state(chatId: number): Promise<{ chat: ChatRow; members: MemberState[] } | undefined> {
    const [chat] = await this.#queries.chat({ id: chatId });
    if (!chat) return undefined;
    const members = await this.#queries.memberStates({ chatId });
    return { chat, members: members.map(memberState) };
  }

  async idsOfUser(userId: number): Promise<number[]> {
    const rows = await this.#queries.idsOfUser({ userId });
    return rows.map((row) => row.chat_id);
  }

  /** Every chat that a user is or ever was in. */
  async idsEverOf(userId: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('chat_members')
      .select('chat_id')
      .where('user_id', '=', userId)
      .execute();
    return rows.map((row) => row.chat_id);
  }

  revisionsOf(chatIds: readonly number[]): Promise<{ chatId: number; rev: number }[]> {
    return chatIds.length === 0 ? Promise.resolve([]) : this.#queries.revisionsOf({ chatIds });
  }

  /** Every chat of a user with how far it and they have come. */
  revisions(userId: number): Promise<ChatRevision[]> {
    return this.#queries.revisions({ userId });
  }

  async oneOfUser(userId: number, chatId: number): Promise<ChatOfUser | undefined> {
    return (await this.#queries.oneOfUser({ userId, chatId }))[0];
  }

  /** By last activity, newest first. */
  pageOfUser(
    userId: number,
    after: readonly [activityAt: number, chatId: number] | undefined,
    limit: number,
  ): Promise<ChatOfUser[]> {
    return chatsOfUser(this.#db, userId)
      .$if(after !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(
            refTuple('c.last_activity_at', 'c.id'),
            '<',
            tuple(...(after as readonly [number, number])),
          ),
        ),
      )
      .orderBy('c.last_activity_at', 'desc')
      .orderBy('c.id', 'desc')
      .limit(limit)
      .execute();
  }

  /** In the order in which they joined first. */
  members(chatId: number, afterId: number, limit: number): Promise<MemberWithMarks[]> {
    return this.#queries.members({ chatId, afterId, limit });
  }

  async member(chatId: number, userId: number): Promise<MemberWithMarks | undefined> {
    return (await this.#queries.member({ chatId, userId }))[0];
  }

  /** Memberships that changed after a revision, those that ended included. */
  async membersSince(chatId: number, rev: number): Promise<MemberWithMarks[]> {
    const rows = await this.#queries.membersSince({ chatId, rev });
    // SQLite's own sorting takes longer than all the rest of such a query.
    return rows.sort((a, b) => a.id - b.id);
  }

  /** Users who share a direct chat or a group of at most `smallGroup` members with someone. */
  async acquaintances(userId: number, smallGroup: number): Promise<number[]> {
    const rows = await this.#queries.acquaintances({ userId, smallGroup });
    return rows.map((row) => row.user_id);
  }

  /** Deleted chats whose messages are still to be erased. */
  async unerased(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('chats')
      .select('id')
      .where('is_active', '=', 0)
      .where((eb) =>
        eb.exists(eb.selectFrom('messages').select('id').whereRef('chat_id', '=', 'chats.id')),
      )
      .execute();
    return rows.map((row) => row.id);
  }
}
