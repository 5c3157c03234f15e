import { describe, expect, test } from 'bun:test';
import { copyFileSync, rmSync } from 'node:fs';
import { DIALECTS } from '../testing/databases';
import { openTestDatabase } from '../testing/storage/open';
import { put } from '../testing/storage/writes';

describe('the epoch', () => {
  test.each(DIALECTS)(
    'stays over restarts, and differs between databases, on %s',
    async (dialect) => {
      const [one, other] = [await openTestDatabase(dialect), await openTestDatabase(dialect)];
      const { epoch } = one.database;
      expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
      expect(other.database.epoch).not.toBe(epoch);
      for (let i = 0; i < 2; i++) {
        await one.database.committer.submit(put, { key: `k${i}`, value: 'x' }, 0);
        await one.reopen();
        expect(one.database.epoch).toBe(epoch);
      }
      await one.drop();
      await other.drop();
    },
  );

  test('changes when an older copy of the SQLite file is put back', async () => {
    const open = await openTestDatabase('sqlite');
    const path = open.location.dialect === 'sqlite' ? open.location.path : '';
    const { epoch } = open.database;
    await open.close();
    copyFileSync(path, `${path}.backup`);
    await open.reopen();
    await open.database.committer.submit(put, { key: 'lost', value: 'x' }, 0);
    expect(open.database.epoch).toBe(epoch);
    await open.close();
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    copyFileSync(`${path}.backup`, path);
    await open.reopen();
    const restored = open.database.epoch;
    expect(restored).not.toBe(epoch);
    await open.reopen();
    expect(open.database.epoch).toBe(restored);
    await open.drop();
  });

  test('changes when the file comes from another machine, without its mark', async () => {
    const open = await openTestDatabase('sqlite');
    const path = open.location.dialect === 'sqlite' ? open.location.path : '';
    const { epoch } = open.database;
    rmSync(`${path}.history`);
    await open.reopen();
    expect(open.database.epoch).not.toBe(epoch);
    await open.drop();
  });
});
