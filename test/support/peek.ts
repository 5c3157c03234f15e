import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestDatabase } from '../../packages/server/src/testing/databases';

const COUNT = 'select count(*) as count from messages';

/** Looks into the database past the server. */
export interface Peek {
  /** How many messages are committed. */
  messages(): Promise<number>;
  close(): Promise<void>;
}

export async function peekInto({ env }: TestDatabase): Promise<Peek> {
  if (env.DATABASE_URL === undefined) return sqlite(env.STORAGE_DIR ?? '');
  const client = new Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  return {
    messages: async () => Number((await client.query(COUNT)).rows[0].count),
    close: () => client.end(),
  };
}

function sqlite(directory: string): Peek {
  const database = new Database(join(directory, 'db', 'chat.sqlite'), { readonly: true });
  const count = database.query<{ count: number }, []>(COUNT);
  return {
    messages: () => new Promise((resolve) => setImmediate(() => resolve(count.get()?.count ?? 0))),
    close: async () => database.close(),
  };
}
