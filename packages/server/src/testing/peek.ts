import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { Client } from 'pg';

/**
 * Looks into a server's database past the server.
 * @param env the server's settings
 * @param sql a query whose one answer is a number
 */
export async function count(env: Readonly<Record<string, string>>, sql: string): Promise<number> {
  return env.DATABASE_URL === undefined
    ? countOnSqlite(join(env.STORAGE_DIR ?? '', 'db', 'chat.sqlite'), sql)
    : countOnPostgres(env.DATABASE_URL, sql);
}

function countOnSqlite(path: string, sql: string): number {
  const database = new Database(path, { readonly: true });
  try {
    return Number(database.query(sql).values()[0]?.[0]);
  } finally {
    database.close();
  }
}

async function countOnPostgres(url: string, sql: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return Number(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}
