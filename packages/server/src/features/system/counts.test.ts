import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { Kysely, SqliteDialect } from 'kysely';
import type { Schema } from '../../storage/schema';
import { Counts } from './counts';

let queries = 0;
let now = 0;
/** How long a query takes. */
let duration = 0;
const raw = new Database(':memory:');
const shim = {
  close: () => raw.close(),
  prepare: (sql: string) => {
    const statement = raw.prepare(sql);
    return {
      reader: true,
      all: (params: readonly unknown[]) => {
        queries++;
        now += duration;
        return statement.all(...(params as []));
      },
      run: () => ({ changes: 0, lastInsertRowid: 0 }),
      iterate: () => [][Symbol.iterator](),
    };
  },
};
const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: shim }) });

beforeAll(() => {
  raw.exec('create table users (id integer, erased_at integer)');
  raw.exec('create table chats (last_seq integer, is_active integer)');
  raw.exec('insert into users values (1, null), (2, 5)');
  raw.exec('insert into chats values (7, 1), (5, 1), (3, 0)');
});
afterAll(() => db.destroy());

test('numbers are counted once, however many ask within a second', async () => {
  const counts = new Counts(db, () => now);
  const answers = await Promise.all([counts.recent(), counts.recent(), counts.recent()]);
  const numbers = { users: 1, chats: 2, messages: 12 };
  expect(answers).toEqual([numbers, numbers, numbers]);
  expect(queries).toBe(2);
  now += 999;
  await counts.recent();
  expect(queries).toBe(2);
  now += 1;
  await counts.recent();
  expect(queries).toBe(4);
});

test('the longer it takes, the more seldom they are counted', async () => {
  const counts = new Counts(db, () => now);
  duration = 500;
  await counts.recent();
  const after = queries;
  now += 99_999;
  await counts.recent();
  expect(queries).toBe(after);
  now += 1;
  await counts.recent();
  expect(queries).toBe(after + 2);
});
