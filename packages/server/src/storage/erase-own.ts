import { sql } from 'kysely';
import { defineWrite, type Write, type WriteContext } from './write';

/** Rows of each table that are erased in one commit. */
const STEP = 500;

/**
 * Erases some of the rows whose column has a value.
 * @param column `table.column`
 * @returns whether there may be more
 */
export async function eraseSome(
  { db, dialect }: WriteContext,
  column: `${string}.${string}`,
  value: number,
  limit: number,
): Promise<boolean> {
  const row = sql.ref(dialect === 'sqlite' ? 'rowid' : 'ctid');
  const [table = '', name = ''] = column.split('.');
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where ${row} in
      (select ${row} from ${sql.table(table)} where ${sql.ref(name)} = ${value} limit ${limit})`.execute(
    db,
  );
  return Number(numAffectedRows) === limit;
}

/**
 * A write that erases some of what tables hold of a user. It may be repeated.
 * @param columns `table.column` that names the user
 */
export function eraseOwn(
  name: string,
  columns: readonly `${string}.${string}`[],
): Write<{ userId: number; at: number }, boolean> {
  return defineWrite(name, async (context, { userId }) => {
    let more = false;
    for (const column of columns) {
      more = (await eraseSome(context, column, userId, STEP)) || more;
    }
    return more;
  });
}
