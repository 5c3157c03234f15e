import { ConfabError, type ErrorCode } from '@confab/protocol/failure';
import type { Kysely } from 'kysely';
import type { Dialect, Schema } from './schema';

/** A compiled statement on the connection of the running transaction (SQLite only). */
export interface SyncStatement {
  all(...params: (string | number | null)[]): unknown[];
  get(...params: (string | number | null)[]): unknown;
  run(...params: (string | number | null)[]): { lastInsertRowid: number | bigint };
}

/** What a write works with: everything it does belongs to one transaction. */
export interface WriteContext {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
  /** Compiled statements without a query builder on the way, for the hot path on SQLite. */
  readonly prepare: ((sql: string) => SyncStatement) | undefined;
}

/** The outcome of one item of a batch, as plain data that can cross a thread. */
export type Outcome<O = unknown> =
  | { ok: true; value: O }
  | { ok: false; code: ErrorCode | 'failed'; detail: string; errors?: FieldFaults };

/** The fields of a request that a write refused. */
type FieldFaults = NonNullable<ConfabError['errors']>;

/**
 * A durable change of the database as a named operation on plain data. The committer gathers
 * writes into batches, each one transaction with one fsync, and runs them where the dialect wants:
 * on SQLite in a thread of its own, so that a slow disk never stalls the sockets.
 */
export interface Write<I, O> {
  readonly name: string;
  /** About how many pages it writes, when they are many: SQLite's log is shortened in time. */
  readonly pages?: number;
  /** Throws ConfabError to refuse; what it wrote before that is rolled back. */
  run(context: WriteContext, input: I): Promise<O>;
  /** Does a run of neighbouring inputs in fewer statements. Refuses before it writes. */
  readonly runMany?: (context: WriteContext, inputs: I[]) => Promise<Outcome<O>[]>;
}

export function defineWrite<I, O>(
  name: string,
  run: (context: WriteContext, input: I) => Promise<O>,
): Write<I, O> {
  return { name, run };
}

/** A write that works on many inputs at once; on one it is a run of one. */
export function defineBulkWrite<I, O>(
  name: string,
  runMany: (context: WriteContext, inputs: I[]) => Promise<Outcome<O>[]>,
): Write<I, O> {
  return {
    name,
    runMany,
    run: async (context, input) => {
      const [outcome] = await runMany(context, [input]);
      return unwrap(outcome ?? { ok: false, code: 'failed', detail: `${name} gave no outcome` });
    },
  };
}

export function unwrap<O>(outcome: Outcome<O>): O {
  if (outcome.ok) return outcome.value;
  if (outcome.code === 'failed') throw new Error(outcome.detail);
  const { code, detail, errors } = outcome;
  throw new ConfabError(code, detail, errors && { errors });
}

export function refusal(error: unknown): Outcome<never> {
  if (error instanceof ConfabError) {
    const { code, message: detail, errors } = error;
    return { ok: false, code, detail, ...(errors && { errors }) };
  }
  return { ok: false, code: 'failed', detail: error instanceof Error ? error.message : `${error}` };
}

/** A write of whatever shape: its name was matched to its input when it was submitted. */
export type AnyWrite = Write<never, unknown>;
export type WriteRegistry = ReadonlyMap<string, AnyWrite>;

export function registry(writes: readonly AnyWrite[]): WriteRegistry {
  return new Map(writes.map((write) => [write.name, write]));
}
