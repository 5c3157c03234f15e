import { type Kysely, type Transaction as KyselyTransaction, sql } from 'kysely';
import { type BatchItem, runBatch, type Transaction } from './batch';
import type { BatchExecutor } from './committer';
import type { Schema } from './schema';
import type { Outcome, WriteRegistry } from './write';

/** Commits batches on PostgreSQL, several in flight, each lane on a connection of its own. */
export class PostgresExecutor implements BatchExecutor {
  readonly lanes: number;
  readonly #db: Kysely<Schema>;
  readonly #writes: WriteRegistry;

  constructor(db: Kysely<Schema>, writes: WriteRegistry, lanes: number) {
    this.#db = db;
    this.#writes = writes;
    this.lanes = lanes;
  }

  execute(_lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    return runBatch(() => this.#begin(), this.#writes, items);
  }

  async #begin(): Promise<Transaction> {
    const trx = await this.#db.startTransaction().execute();
    const run = async (text: string) => void (await sql.raw(text).execute(trx));
    return {
      context: {
        db: trx as unknown as KyselyTransaction<Schema>,
        dialect: 'postgres',
        prepare: undefined,
      },
      savepoint: () => run('SAVEPOINT item'),
      rollbackToSavepoint: () => run('ROLLBACK TO SAVEPOINT item'),
      commit: async () => void (await trx.commit().execute()),
      rollback: async () => void (await trx.rollback().execute()),
    };
  }

  async close(): Promise<void> {}
}
