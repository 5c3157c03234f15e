import { ConfabError } from '@confab/protocol/failure';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { type HeavyReader, type Param, READ_TIME_MS, type Read, type ReadContext } from './read';
import type { Schema } from './schema';

const QUERY_CANCELED = '57014';

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === QUERY_CANCELED;

const tookTooLong = () =>
  new ConfabError('overloaded', 'This took too long. Try again, or ask for less.', {
    retryAfterS: 5,
  });

/** Heavy reads on PostgreSQL, which runs them elsewhere anyway. */
export class PoolReader implements HeavyReader {
  readonly #db: Kysely<Schema>;
  readonly #pool: Pool;

  constructor(db: Kysely<Schema>, pool: Pool) {
    this.#db = db;
    this.#pool = pool;
  }

  async run<I, O>(read: Read<I, O>, input: I): Promise<O> {
    const client = await this.#pool.connect();
    const end = performance.now() + READ_TIME_MS;
    const context: ReadContext = {
      db: this.#db,
      dialect: 'postgres',
      rows: async <R>(text: string, values: readonly Param[]) =>
        (await client.query({ text, values: [...values] })).rows as R[],
      isLate: () => performance.now() > end,
    };
    try {
      await client.query(`begin; set local statement_timeout = ${READ_TIME_MS}`);
      return await read.run(context, input);
    } catch (error) {
      throw isTimeout(error) ? tookTooLong() : error;
    } finally {
      // It only read: there is nothing to keep.
      const failed = await client.query('rollback').then(
        () => undefined,
        (error) => error,
      );
      client.release(failed);
    }
  }

  async close(): Promise<void> {}
}
