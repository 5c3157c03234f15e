import {
  type Compilable,
  type CompiledQuery,
  type Kysely,
  PostgresAdapter,
  type RawBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import type { Schema } from './schema';

/** Stands in a query for a value that each run gives. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type Value = string | number | null | readonly number[];
type Params = Readonly<Record<string, Value>>;

const slots: unknown = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

/** Runs a prepared query. */
export type Run<P, R> = (params: P) => Promise<R[]>;

/**
 * A query that is built and compiled once, when it first runs: for hot paths, where building it
 * again costs more than running it. `params` stand in it for the values that each run gives, and can
 * be used like values, but not looked at.
 *
 * It must name its columns. PostgreSQL prepares it too, and a prepared `select *` fails once a newer
 * version of this program, on another node, adds a column.
 */
export function prepared<P extends Params, R>(
  db: Kysely<Schema>,
  build: (db: Kysely<Schema>, params: P) => Compilable<R>,
): Run<P, R> {
  let compiled: CompiledQuery<R> | undefined;
  return async (params) => {
    compiled ??= build(db, slots as P).compile();
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot ? bindable(db, params[parameter.name]) : parameter,
    );
    const { rows } = await db.executeQuery<R>({ ...compiled, parameters });
    return rows;
  };
}

const isPostgres = (db: Kysely<Schema>) => db.getExecutor().adapter instanceof PostgresAdapter;

function bindable(db: Kysely<Schema>, value: Value | undefined) {
  return Array.isArray(value) && !isPostgres(db) ? JSON.stringify(value) : value;
}

/** Whether a column has one of these values; however many, the query's text stays the same. */
export function among(
  db: Kysely<Schema>,
  column: string,
  values: readonly number[],
): RawBuilder<SqlBool> {
  const left = sql.ref(column);
  return isPostgres(db)
    ? sql`${left} = any(${values}::bigint[])`
    : sql`${left} in (select value from json_each(${values}))`;
}
