import { sql } from 'kysely';
import { defineWrite, type Write } from './write';

/** Rows of each table that are erased in one commit. */
const STEP = 500;

/**
 * A write that erases some of what tables hold of a user. It may be repeated.
 * @param columns `table.column` that names the user
 */
export function eraseOwn(
  name: string,
  columns: readonly `${string}.${string}`[],
): Write<{ userId: number; at: number }, boolean> {
  return defineWrite(name, async ({ db, dialect }, { userId }) => {
    const row = sql.ref(dialect === 'sqlite' ? 'rowid' : 'ctid');
    let more = false;
    for (const each of columns) {
      const [table = '', column = ''] = each.split('.');
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)} where ${row} in
          (select ${row} from ${sql.table(table)} where ${sql.ref(column)} = ${userId} limit ${STEP})`.execute(
        db,
      );
      more ||= Number(numAffectedRows) === STEP;
    }
    return more;
  });
}
