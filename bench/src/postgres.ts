import { SQL } from 'bun';
import { cleanUpLater } from './processes';

/** A database of the benchmark's own on a PostgreSQL that answers; `undefined` when none does. */
export interface OwnDatabase {
  url: string;
  drop(): Promise<void>;
}

const defaultUrl = (): string =>
  `postgres://${process.env.USER ?? 'postgres'}@127.0.0.1:5432/postgres`;

async function execute(url: string, statement: string): Promise<boolean> {
  const sql = new SQL(url, { max: 1, connectionTimeout: 3 });
  try {
    await sql.unsafe(statement);
    return true;
  } catch {
    return false;
  } finally {
    await sql.close();
  }
}

export async function createOwnDatabase(): Promise<OwnDatabase | undefined> {
  const server = process.env.DATABASE_URL || defaultUrl();
  const name = `confab_bench_${process.pid}`;
  if (!(await execute(server, `CREATE DATABASE ${name}`))) return undefined;
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: cleanUpLater(async () => {
      await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }),
  };
}
