import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../storage/schema';

export interface Numbers {
  users: number;
  chats: number;
  messages: number;
}

/** How long an answer is good, milliseconds. */
const GOOD_FOR_MS = 1000;
/** Counting takes at most this part of the time, however often it is asked for. */
const MOST_PART = 1 / 100;

/** Numbers that anybody may ask for as often as they like: they are counted once in a while. */
export class Counts {
  readonly #db: Kysely<Schema>;
  readonly #now: () => number;
  #counting: Promise<Numbers> | undefined;
  #goodUntil = 0;

  /** @param now milliseconds of a clock that only runs forward */
  constructor(db: Kysely<Schema>, now: () => number = () => performance.now()) {
    this.#db = db;
    this.#now = now;
  }

  recent(): Promise<Numbers> {
    if (!this.#counting || this.#now() >= this.#goodUntil) this.#counting = this.#count();
    return this.#counting;
  }

  async #count(): Promise<Numbers> {
    const started = this.#now();
    this.#goodUntil = Number.POSITIVE_INFINITY;
    try {
      return await count(this.#db);
    } finally {
      const ended = this.#now();
      this.#goodUntil = ended + Math.max(GOOD_FOR_MS, (ended - started) / MOST_PART);
    }
  }
}

/** Messages are counted by the chats' last places: a sum over chats, not a scan of messages. */
async function count(db: Kysely<Schema>): Promise<Numbers> {
  const users = await db
    .selectFrom('users')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('erased_at', 'is', null)
    .executeTakeFirstOrThrow();
  const chats = await db
    .selectFrom('chats')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .select(sql<number>`coalesce(sum(last_seq), 0)`.as('messages'))
    .where('is_active', '=', 1)
    .executeTakeFirstOrThrow();
  return { users: Number(users.n), chats: Number(chats.n), messages: Number(chats.messages) };
}
