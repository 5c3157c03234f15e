import type { Kysely } from 'kysely';
import { fold } from '../../lib/fold';

interface Users {
  users: { id: number; full_name: string | null; search_name: string | null };
}

/**
 * Full names as they are searched. The database cannot fold them itself: SQLite knows the case of
 * ASCII letters alone, PostgreSQL what its locale knows.
 */
export const searchNamesMigration = {
  async up(db: Kysely<Users>): Promise<void> {
    await db.schema.alterTable('users').addColumn('search_name', 'text').execute();
    const named = await db
      .selectFrom('users')
      .select(['id', 'full_name'])
      .where('full_name', 'is not', null)
      .execute();
    for (const { id, full_name } of named) {
      const search_name = full_name === null ? null : fold(full_name);
      await db.updateTable('users').set({ search_name }).where('id', '=', id).execute();
    }
  },
};
