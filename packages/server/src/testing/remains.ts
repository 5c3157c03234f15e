import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestServer } from './server';

/** All that a server left behind, in its files and its database. */
export async function remainsOf({ directory, env }: TestServer): Promise<Buffer> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const rows = env.DATABASE_URL === undefined ? [] : [await dumpOf(env.DATABASE_URL)];
  return Buffer.concat([...files.map(contentOf), ...rows]);
}

/** Uploads and logs of the database come and go. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

async function dumpOf(url: string): Promise<Buffer> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const found = await client.query(`select row_to_json(t)::text as row from "${name}" t`);
    texts.push(...found.rows.map(({ row }) => row));
  }
  await client.end();
  return Buffer.from(texts.join('\n'));
}

/** So many bytes of a key are looked for: enough that chance does not find them. */
const KEY_PART = 24;

/** Whether a key lies in there, in whatever way it might have been written down. */
export function holdsKey(remains: Buffer, key: Uint8Array): boolean {
  const part = Buffer.from(key).subarray(-KEY_PART);
  const hex = part.toString('hex');
  // Within a longer text, base64 cuts a key in one of three ways.
  const cuts = [0, 1, 2].map((at) => part.subarray(at, at + KEY_PART - 3));
  const texts = cuts.flatMap((cut) => [cut.toString('base64'), cut.toString('base64url')]);
  const forms = [part, hex, hex.toUpperCase(), part.join(','), ...texts];
  return forms.some((form) => remains.includes(form));
}
