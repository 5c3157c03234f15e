import { type RawBuilder, sql } from 'kysely';
import type { Dialect } from './schema';

type Value = string | number | null;

/**
 * Rows of a program's own as a table of a query: `from ${rowsAs('v', …)}`. One statement works on
 * all of them, on either dialect, and its text stays the same however many they are.
 */
export function rowsAs<Row extends Record<string, Value>>(
  name: string,
  dialect: Dialect,
  types: Record<keyof Row & string, 'bigint' | 'text'>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  const json = JSON.stringify(rows);
  const columns = Object.entries(types);
  if (dialect === 'postgres') {
    const typed = columns.map(
      ([column, type]) => sql`${sql.ref(column)} ${sql.raw(type as string)}`,
    );
    return sql`jsonb_to_recordset(${json}::jsonb) as ${sql.ref(name)}(${sql.join(typed)})`;
  }
  const picked = columns.map(
    ([column]) => sql`value ->> ${sql.lit(`$.${column}`)} as ${sql.ref(column)}`,
  );
  return sql`(select ${sql.join(picked)} from json_each(${json})) as ${sql.ref(name)}`;
}
