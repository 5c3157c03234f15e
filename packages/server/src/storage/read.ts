import type { Kysely } from 'kysely';
import type { Dialect, Schema } from './schema';

/** Milliseconds that a read may take. One that looks at `isLate` ends soon after. */
export const READ_TIME_MS = 2000;

/** What a read works with. On SQLite everything it asks sees the database at one moment. */
export interface ReadContext {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
  /** Rows of a query written by hand. SQLite takes `?`, PostgreSQL `$1`, `$2` … */
  rows<R>(sql: string, params: readonly Param[]): Promise<R[]>;
  /** Whether its time is up: a read of many steps stops between two of them. */
  isLate(): boolean;
}

export type Param = string | number | null | readonly string[] | readonly number[];

/**
 * A heavy read as a named operation on plain data, so that on SQLite, where a query blocks whoever
 * runs it, it can run in a thread of its own.
 */
export interface Read<I, O> {
  readonly name: string;
  run(context: ReadContext, input: I): Promise<O>;
}

export function defineRead<I, O>(
  name: string,
  run: (context: ReadContext, input: I) => Promise<O>,
): Read<I, O> {
  return { name, run };
}

/** A read of whatever shape: its name was matched to its input when it was asked for. */
export type AnyRead = Read<never, unknown>;
export type ReadRegistry = ReadonlyMap<string, AnyRead>;

export function readRegistry(reads: readonly AnyRead[]): ReadRegistry {
  return new Map(reads.map((read) => [read.name, read]));
}

/** Runs heavy reads, away from the sockets. */
export interface HeavyReader {
  /** @throws when the read fails */
  run<I, O>(read: Read<I, O>, input: I): Promise<O>;
  close(): Promise<void>;
}
