import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { databaseLocation } from '../app/server';
import { readSettings } from '../config/settings';
import { DIALECTS, type TestDatabase, testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';
import { openDatabase } from './database';
import { MigrationError, migrate } from './migrate';
import { migrations } from './migrations';
import { openPool } from './postgres';
import { PostgresReads } from './reads';
import type { Dialect, Schema } from './schema';
import { SqliteConnection } from './sqlite';
import { kyselyOverSqlite } from './sqlite-kysely';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

const FIRST = '0001-core';

describe.each(DIALECTS)('migrations on %s', (dialect) => {
  let test_: TestDatabase | undefined;
  const opened: Kysely<Schema>[] = [];
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.destroy();
    await test_?.drop();
    test_ = undefined;
  });

  async function empty(): Promise<Kysely<Schema>> {
    test_ = await testDatabase(dialect);
    const db = connect(test_, dialect);
    opened.push(db);
    return db;
  }
  const applied = async (db: Kysely<Schema>) =>
    (
      await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    ).rows.map((row) => row.name);

  test('bring an empty database to the newest schema, and do nothing the second time', async () => {
    const db = await empty();
    let backups = 0;
    await migrate(db, dialect, () => void backups++);
    expect(await applied(db)).toEqual(Object.keys(migrations(dialect)));
    await migrate(db, dialect, () => void backups++);
    expect(backups).toBe(0);
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([]);
  });

  test('count what was said before there were notifications as notified of', async () => {
    const db = await empty();
    await migrate(db, dialect, undefined, only(dialect, FIRST));
    await sql`insert into chats (chat_type, member_count, rev, last_seq, info_rev,
      last_activity_at, created_at) values ('group', 2, 9, 8, 1, 0, 0)`.execute(db);
    await migrate(db, dialect);
    const cursors = await db.selectFrom('notification_cursors').selectAll().execute();
    expect(cursors).toEqual([{ chat_id: 1, seq: 8, upto: 8, after_user: 0 }]);
  });

  test('leave chats muted for good that were muted before mutes could end', async () => {
    const db = await empty();
    const older = Object.entries(migrations(dialect)).filter(([name]) => name < '0017');
    await migrate(db, dialect, undefined, Object.fromEntries(older));
    await sql`insert into users (id, username, email, password_hash, created_at)
      values (1, 'ann', 'a', 'x', 0)`.execute(db);
    await sql`insert into chats (id, chat_type, member_count, rev, last_seq, info_rev,
      last_activity_at, created_at) values (7, 'group', 1, 1, 0, 1, 0, 0)`.execute(db);
    await sql`insert into chat_members (chat_id, user_id, role, is_muted, joined_at, rev,
      last_read_seq, last_delivered_seq) values (7, 1, 'owner', 1, 0, 1, 0, 0)`.execute(db);
    await migrate(db, dialect);
    const rows = db.selectFrom('chat_members').select(['is_muted', 'muted_until']);
    expect(await rows.execute()).toEqual([{ is_muted: 1, muted_until: null }]);
  });

  test('find out where those who were invited stood', async () => {
    const db = await empty();
    const older = Object.entries(migrations(dialect)).filter(([name]) => name < '0016');
    await migrate(db, dialect, undefined, Object.fromEntries(older));
    await sql`insert into users (id, username, email, password_hash, created_at)
      values (1, 'ann', 'a', 'x', 0), (2, 'bob', 'b', 'x', 0), (3, 'cid', 'c', 'x', 0)`.execute(db);
    await sql`insert into chats (id, chat_type, member_count, rev, last_seq, info_rev,
      last_activity_at, created_at) values (7, 'group', 3, 9, 2, 1, 0, 0)`.execute(db);
    await sql`insert into messages (chat_id, seq, rev, sent_rev, sender_id, content, content_type,
      is_deleted, created_at)
      values (7, 1, 1, 1, 1, '', 'system', 0, 50), (7, 2, 2, 2, 1, '', 'text', 0, 60)`.execute(db);
    await sql`insert into chat_members (chat_id, user_id, role, is_muted, joined_at, rev,
      last_read_seq, last_delivered_seq)
      values (7, 1, 'member', 0, 0, 1, 0, 0), (7, 2, 'member', 0, 50, 1, 1, 1),
        (7, 3, 'member', 0, 50, 1, 2, 2)`.execute(db);
    await sql`insert into notifications (user_id, type, chat_id, actor_id, created_at, updated_at)
      select user_id, 'group_invite', chat_id, 1, joined_at, joined_at from chat_members
      order by user_id`.execute(db);
    await migrate(db, dialect);
    const rows = await db.selectFrom('notifications').select('seq').orderBy('user_id').execute();
    // The first has read nothing since, the second neither, the third a message.
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 2]);
  });

  test('bring data of the first version along, backed up before', async () => {
    const db = await empty();
    await migrate(db, dialect, undefined, only(dialect, FIRST));
    await sql`insert into users (username, email, password_hash, full_name, created_at)
      values ('ann', 'ann@example.org', 'x', 'Élise Ö', 0)`.execute(db);
    const from: string[] = [];
    await migrate(db, dialect, (name) => void from.push(name));
    expect(from).toEqual([FIRST]);
    const ann = await db.selectFrom('users').selectAll().executeTakeFirstOrThrow();
    expect(ann).toMatchObject({ username: 'ann', is_active: 1, search_name: 'élise ö' });
    const names = await db.selectFrom('user_names').select('name').orderBy('name').execute();
    expect(names.map(({ name }) => name)).toEqual(['ann', 'élise ö', 'ö']);
  });

  test('refuse a database that a newer version has written, and leave it alone', async () => {
    const db = await empty();
    await migrate(db, dialect);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'x')`.execute(
      db,
    );
    const refused = await migrate(db, dialect).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MigrationError);
    expect(String(refused)).toContain('newer Confab');
    expect(String(refused)).toContain('9999-future');
  });

  test('that fail leave everything as it was', async () => {
    const db = await empty();
    await migrate(db, dialect, undefined, only(dialect, FIRST));
    const broken = {
      ...only(dialect, FIRST),
      '0002-half': {
        up: async (on: Kysely<unknown>) => {
          await on.schema.createTable('half').addColumn('a', 'integer').execute();
          throw new Error('power cut');
        },
      },
    };
    await expect(migrate(db, dialect, undefined, broken)).rejects.toThrow('power cut');
    expect(await applied(db)).toEqual([FIRST]);
    const tables = await db.introspection.getTables();
    expect(tables.map((table) => table.name)).not.toContain('half');
  });
});

function connect({ env }: TestDatabase, dialect: Dialect): Kysely<Schema> {
  if (dialect === 'postgres') return new PostgresReads(openPool(env.DATABASE_URL ?? '', 2));
  return kyselyOverSqlite(new SqliteConnection(`${env.STORAGE_DIR}/chat.sqlite`));
}

function only(dialect: Dialect, name: string) {
  const migration = migrations(dialect)[name];
  if (!migration) throw new Error(`There is no migration ${name}`);
  return { [name]: migration };
}

test('an SQLite database is copied beside itself before its schema changes', async () => {
  const { env, drop } = await testDatabase('sqlite');
  const location = databaseLocation(readSettings(env));
  const path = location.dialect === 'sqlite' ? location.path : '';
  mkdirSync(dirname(path));
  const older = new SqliteConnection(path);
  await migrate(kyselyOverSqlite(older), 'sqlite', undefined, only('sqlite', FIRST));
  older.raw.exec(`insert into users (username, email, password_hash, created_at)
    values ('ann', 'ann@example.org', 'x', 0)`);
  older.close();
  const beside = () => readdirSync(dirname(path)).filter((name) => name.includes('.before-'));
  for (let start = 1; start <= 2; start++) {
    await (await openDatabase(location)).close();
    expect(beside()).toEqual([`chat.sqlite.before-${FIRST}`]);
  }
  const copy = new SqliteConnection(`${path}.before-${FIRST}`, { readonly: true });
  expect(copy.raw.query('select username from users').all()).toEqual([{ username: 'ann' }]);
  expect(() => copy.raw.query('select search_name from users')).toThrow();
  copy.close();
  await drop();
});

test.each(DIALECTS)(
  'of servers that start at once on %s, all find the newest schema',
  async (d) => {
    const { env, drop } = await testDatabase(d);
    const servers = Array.from(
      { length: 2 },
      () => new ServerProcess({ HOST: '127.0.0.1', PORT: '0', ...env }),
    );
    const living = [];
    for (const server of servers) {
      if ((await server.start()) === 'listens') living.push(server);
      // On one SQLite file there is one server; whoever is late enough to notice the other says so.
      else
        expect([d, server.output]).toEqual(['sqlite', expect.stringContaining('Another Confab')]);
    }
    expect(living.length).toBeGreaterThan(d === 'sqlite' ? 0 : 1);
    for (const server of living) {
      const answer = await fetch(`${await server.url()}/ready`);
      expect(answer.status).toBe(200);
    }
    for (const server of living) server.kill('SIGTERM');
    for (const server of living) expect(await server.exited()).toBe(0);
    await drop();
  },
);
