import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Dialect } from '../storage/schema';
import { SqliteConnection } from '../storage/sqlite';

/** A PostgreSQL server for tests; set by the test command when it found or started one. */
const ADMIN_URL = process.env.TEST_POSTGRES_URL;

/** The databases that contract suites run on. Without a PostgreSQL server, SQLite alone. */
export const DIALECTS: Dialect[] = ADMIN_URL ? ['sqlite', 'postgres'] : ['sqlite'];

export interface TestDatabase {
  /** Settings that point a server at it. */
  readonly env: Record<string, string>;
  /** Changes it behind the server's back. */
  change(sql: string): Promise<void>;
  /** Removes it with all its files. */
  drop(): Promise<void>;
}

/** An empty database and storage directory of a test's own. */
export async function testDatabase(dialect: Dialect): Promise<TestDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'confab-test-'));
  const removeFiles = () => rmSync(directory, { recursive: true, force: true });
  if (dialect === 'sqlite') {
    const change = async (sql: string) => {
      const connection = new SqliteConnection(join(directory, 'db', 'chat.sqlite'));
      connection.statement(sql).run();
      connection.close();
    };
    return { env: { STORAGE_DIR: directory }, change, drop: async () => removeFiles() };
  }
  const name = `confab_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`create database ${name}`);
  const url = new URL(ADMIN_URL as string);
  url.pathname = `/${name}`;
  return {
    env: { STORAGE_DIR: directory, DATABASE_URL: url.href },
    change: (sql) => onServer(url.href, sql),
    drop: async () => {
      await asAdmin(`drop database if exists ${name} with (force)`);
      removeFiles();
    },
  };
}

const asAdmin = (sql: string) => onServer(ADMIN_URL as string, sql);

async function onServer(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
