import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { databaseLocation } from '../app/server';
import { readSettings } from '../config/settings';
import { DIALECTS, type TestDatabase, testDatabase } from '../testing/databases';
import { type Database, openDatabase } from './database';
import { among, prepared } from './prepared';

describe.each(DIALECTS)('prepared queries on %s', (dialect) => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await testDatabase(dialect);
    database = await openDatabase(databaseLocation(readSettings(place.env)));
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  const values = () =>
    prepared(database.read, (read, p: { key: string; limit: number }) =>
      read
        .selectFrom('meta')
        .select(['key', 'value'])
        .where('key', '=', p.key)
        .where('value', '<>', 'a constant')
        .limit(p.limit),
    );

  test('give what the values of each run ask for', async () => {
    const run = values();
    const epoch = { key: 'epoch', value: database.epoch };
    expect(await run({ key: 'epoch', limit: 1 })).toEqual([epoch]);
    expect(await run({ key: 'nothing', limit: 1 })).toEqual([]);
    expect(await run({ key: 'epoch', limit: 0 })).toEqual([]);
    expect(await run({ key: 'epoch', limit: 1 })).toEqual([epoch]);
  });

  test('do not mix up when several run at once', async () => {
    const run = values();
    const keys = Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? 'epoch' : `key ${i}`));
    const rows = await Promise.all(keys.map((key) => run({ key, limit: 1 })));
    expect(rows.map(([row]) => row?.key)).toEqual(
      keys.map((key) => (key === 'epoch' ? key : undefined)),
    );
  });

  test('take lists of any length', async () => {
    const run = prepared(database.read, (read, p: { ids: readonly number[] }) =>
      read
        .selectFrom('users')
        .select('id')
        .where(among(read, 'id', p.ids)),
    );
    expect(await run({ ids: [] })).toEqual([]);
    expect(await run({ ids: [1] })).toEqual([]);
    expect(await run({ ids: Array.from({ length: 5000 }, (_, i) => i) })).toEqual([]);
  });

  test('say what is wrong with them', async () => {
    const run = prepared(database.read, (read, p: { key: string }) =>
      read
        .selectFrom('no_such_table' as 'meta')
        .select('value')
        .where('key', '=', p.key),
    );
    await expect(run({ key: 'epoch' })).rejects.toThrow(/no_such_table/);
  });
});
