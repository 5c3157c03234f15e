import { type Kysely, sql } from 'kysely';
import type { ShownTo } from '../../realtime/bus';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { OPEN } from './rules';

type Db = Kysely<Schema>;

export interface BlockRow {
  blocked_id: number;
  created_at: number;
}

export class PrivacyRepository {
  readonly #db: Db;
  readonly #queries: ReturnType<typeof queries>;

  constructor(db: Db) {
    this.#db = db;
    this.#queries = queries(db);
  }

  /** Everybody whom the user blocked or who blocked the user. */
  async apartFrom(userId: number): Promise<number[]> {
    const rows = await this.#queries.apartFrom({ userId });
    return rows.map((row) => row.id);
  }

  /** Everybody with whom the user has a direct chat. */
  async contactsOf(userId: number): Promise<number[]> {
    const rows = await this.#queries.contactsOf({ userId });
    return rows.map((row) => row.user_id);
  }

  /** Whom the user blocked, the last one first. */
  blockedBy(
    userId: number,
    after: readonly [createdAt: number, blockedId: number] | undefined,
    limit: number,
  ): Promise<BlockRow[]> {
    return this.#db
      .selectFrom('blocks')
      .select(['blocked_id', 'created_at'])
      .where('blocker_id', '=', userId)
      .$if(after !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(
            refTuple('created_at', 'blocked_id'),
            '<',
            tuple(...(after as readonly [number, number])),
          ),
        ),
      )
      .orderBy('created_at', 'desc')
      .orderBy('blocked_id', 'desc')
      .limit(limit)
      .execute();
  }

  async settingsOf(userId: number): Promise<ShownTo> {
    const row = await this.#db
      .selectFrom('privacy_settings')
      .select(['last_seen as lastSeen', 'read_receipts as readReceipts'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row ?? OPEN;
  }

  /** The settings of all who do not show everything to everyone. */
  async allSettings(): Promise<(ShownTo & { userId: number })[]> {
    return this.#db
      .selectFrom('privacy_settings')
      .select(['user_id as userId', 'last_seen as lastSeen', 'read_receipts as readReceipts'])
      .execute();
  }

  /** Those of these chats whose messages may not be called read: see `letsBeRead`. */
  async neverRead(chatIds: readonly number[]): Promise<number[]> {
    const rows = await this.#queries.neverRead({ chatIds });
    return rows.map((row) => row.id);
  }

  /** Those of these chats in which somebody is apart from the sender of the newest message. */
  async neverDelivered(chatIds: readonly number[]): Promise<number[]> {
    const rows = await this.#queries.neverDelivered({ chatIds });
    return rows.map((row) => row.id);
  }
}

function queries(db: Db) {
  return {
    apartFrom: prepared(db, (read, p: { userId: number }) =>
      read
        .selectFrom('blocks')
        .select('blocked_id as id')
        .where('blocker_id', '=', p.userId)
        .union(
          read.selectFrom('blocks').select('blocker_id as id').where('blocked_id', '=', p.userId),
        ),
    ),

    contactsOf: prepared(db, (read, p: { userId: number }) =>
      read
        .selectFrom('chat_members as mine')
        .innerJoin('chats as c', 'c.id', 'mine.chat_id')
        .innerJoin('chat_members as theirs', 'theirs.chat_id', 'mine.chat_id')
        .select('theirs.user_id')
        .where('mine.user_id', '=', p.userId)
        .where('mine.left_at', 'is', null)
        .where('c.chat_type', '=', 'direct')
        .where('c.is_active', '=', 1)
        .where('theirs.user_id', '<>', p.userId),
    ),

    neverDelivered: prepared(db, (read, p: { chatIds: readonly number[] }) =>
      read
        .selectFrom('chats as c')
        .innerJoin('messages as t', (join) =>
          join.onRef('t.chat_id', '=', 'c.id').onRef('t.seq', '=', 'c.last_seq'),
        )
        .select('c.id')
        .where(among(read, 'c.id', p.chatIds))
        .where((eb) =>
          eb.or([hasApart('blocker_id', 'blocked_id'), hasApart('blocked_id', 'blocker_id')]),
        ),
    ),

    neverRead: prepared(db, (read, p: { chatIds: readonly number[] }) =>
      read
        .selectFrom('chats as c')
        .select('c.id')
        .where(among(read, 'c.id', p.chatIds))
        .where('c.member_count', '>', 1)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('chat_members as m')
              .innerJoin('privacy_settings as p', 'p.user_id', 'm.user_id')
              .innerJoin('users as u', 'u.id', 'm.user_id')
              .select(sql`1`.as('one'))
              .whereRef('m.chat_id', '=', 'c.id')
              .where('m.left_at', 'is', null)
              .where('u.is_active', '=', 1)
              .where((or) =>
                or.or([
                  or('p.read_receipts', '=', 'nobody'),
                  or.and([or('p.read_receipts', '=', 'contacts'), or('c.chat_type', '=', 'group')]),
                ]),
              ),
          ),
        ),
    ),
  };
}

/** Whether somebody on the other side of a block of the message's sender is in its chat. */
const hasApart = (own: 'blocker_id' | 'blocked_id', other: 'blocker_id' | 'blocked_id') =>
  sql<boolean>`exists (
    select 1 from blocks b
    join chat_members m on m.chat_id = t.chat_id and m.user_id = b.${sql.ref(other)}
    where b.${sql.ref(own)} = t.sender_id and m.left_at is null)`;
