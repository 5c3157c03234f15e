import { Database, type SQLQueryBindings, type Statement } from 'bun:sqlite';
import type { SqliteDatabase } from 'kysely';

/** How many compiled statements a connection keeps. */
const STATEMENTS = 500;

/**
 * One SQLite connection, with its compiled statements kept. It is the shape that Kysely's stock
 * dialect asks for, over the runtime's own SQLite.
 */
export class SqliteConnection implements SqliteDatabase {
  readonly raw: Database;
  #closed = false;
  readonly #statements = new Map<string, Statement>();

  constructor(path: string, options: { readonly?: boolean } = {}) {
    this.raw = new Database(path, options.readonly ? { readonly: true } : { create: true });
    this.raw.exec('PRAGMA busy_timeout = 10000');
    this.raw.exec('PRAGMA foreign_keys = ON');
    // In KiB. Readers find pages almost as fast in the system's memory, and need none of their own.
    this.raw.exec(`PRAGMA cache_size = ${options.readonly ? -2000 : -16000}`);
    if (!options.readonly) {
      this.raw.exec('PRAGMA journal_mode = WAL');
      // Every commit is fsynced before it is acknowledged.
      this.raw.exec('PRAGMA synchronous = FULL');
      // What is deleted is overwritten, not just forgotten.
      this.raw.exec('PRAGMA secure_delete = ON');
      // Long before that the checkpoint thread has done it (see Checkpoints).
      this.raw.exec('PRAGMA wal_autocheckpoint = 20000');
    }
  }

  statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.raw.prepare(sql);
    if (this.#statements.size >= STATEMENTS) this.#dropOldest();
    this.#statements.set(sql, made);
    return made;
  }

  #dropOldest() {
    const oldest = this.#statements.entries().next().value;
    if (!oldest) return;
    this.#statements.delete(oldest[0]);
    oldest[1].finalize();
  }

  prepare(sql: string) {
    const statement = this.statement(sql);
    return {
      reader: statement.columnNames.length > 0,
      all: (params: readonly unknown[]) => statement.all(...(params as SQLQueryBindings[])),
      run: (params: readonly unknown[]) => {
        const { changes, lastInsertRowid } = statement.run(...(params as SQLQueryBindings[]));
        return { changes, lastInsertRowid };
      },
      iterate: (params: readonly unknown[]) =>
        statement.iterate(...(params as SQLQueryBindings[])) as IterableIterator<unknown>,
    };
  }

  /**
   * Puts what is in the log back into the database file, without making anybody wait.
   * @returns how many frames the log has
   */
  checkpoint(): number {
    const row = this.statement('PRAGMA wal_checkpoint(PASSIVE)').get() as { log: number };
    return row.log;
  }

  /**
   * Empties the log, in which older contents of pages stay readable. The writer waits meanwhile, so
   * it is given up when somebody reads for long.
   * @returns whether it was emptied
   */
  truncateLog(): boolean {
    this.checkpoint();
    this.raw.exec('PRAGMA busy_timeout = 250');
    const row = this.statement('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    this.raw.exec('PRAGMA busy_timeout = 10000');
    return row.busy === 0;
  }

  /** Closed twice is closed. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    this.raw.close();
  }
}
