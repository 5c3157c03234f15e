import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { DIALECTS } from '../testing/databases';
import { openTestDatabase } from '../testing/storage/open';
import { put } from '../testing/storage/writes';
import { eventually } from '../testing/waiting';

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

  test('changes when a copy made while the server ran is put back after a crash', async () => {
    const open = await openTestDatabase('sqlite');
    const path = open.location.dialect === 'sqlite' ? open.location.path : '';
    const { epoch } = open.database;
    const live = new Database(path, { readonly: true });
    live.query('VACUUM INTO ?').run(`${path}.backup`);
    live.close();
    const writer = new Database(path);
    writer.exec(`
      insert into users (username, email, password_hash, created_at) values ('a', 'a', '', 0);
      insert into chats (chat_type, member_count, rev, last_seq, info_rev, last_activity_at,
        created_at) values ('group', 1, 1, 1, 1, 0, 0);
      insert into messages (chat_id, seq, rev, sent_rev, sender_id, content, content_type,
        created_at) values (1, 1, 1, 1, 1, 'after the backup', 'text', 0)`);
    writer.close();
    await eventually(
      () => readFileSync(`${path}.history`, 'utf8').includes('"messages":1'),
      'the mark',
    );
    await open.close();
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    copyFileSync(`${path}.backup`, path);
    await open.reopen();
    expect(open.database.epoch).not.toBe(epoch);
    await open.drop();
  });

  test('a clean stop leaves the whole database in its one file', async () => {
    const open = await openTestDatabase('sqlite');
    const path = open.location.dialect === 'sqlite' ? open.location.path : '';
    await open.database.committer.submit(put, { key: 'k', value: 'x' }, 0);
    await open.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
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
