import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { statSync } from 'node:fs';
import type { AdminUser, AuditEntry, TokenWithUser } from '@confab/protocol';
import { doorPath } from '../app/operator-door';
import { runAdmin } from '../testing/command-line';
import { DIALECTS, type TestDatabase, testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';
import { call, PASSWORD, TestUser } from '../testing/user';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(120_000);

describe.each(DIALECTS)('npm run admin on %s', (dialect) => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let server: ServerProcess;
  let url: string;
  let ann: TestUser;
  let ben: TestUser;

  const start = async () => {
    server = new ServerProcess({ ...env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' });
    url = await server.url();
  };
  const stop = async (signal: 'SIGTERM' | 'SIGKILL') => {
    server.kill(signal);
    await server.exited();
  };
  const run = (...args: string[]) => runAdmin(env, args);
  const must = async (...args: string[]) => {
    const ran = await run(...args);
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.code} ${ran.err}`);
    return ran.out;
  };
  const json = async <T>(...args: string[]) => JSON.parse(await must(...args, '--json')) as T;
  const login = (user: TestUser, password: string = PASSWORD) =>
    call<TokenWithUser>(url, 'POST', '/api/auth/login', {
      body: { username: user.username, password },
    });

  beforeAll(async () => {
    database = await testDatabase(dialect);
    env = { ...database.env };
    await start();
    ann = await TestUser.register(() => url, 'ann');
    ben = await TestUser.register(() => url, 'ben');
  });
  afterAll(async () => {
    await stop('SIGKILL');
    await database.drop();
  });

  test('makes the first administrator of a running server', async () => {
    expect((await ann.call('GET', '/api/admin/users')).status).toBe(403);
    expect(await must('audit-log')).toBe('No administrator has done anything yet.\n');
    expect(await must('users', 'list', '--search', 'zoe')).toBe('There are no such accounts.\n');
    expect(await must('users', 'list', '--limit', '1')).toContain('There are more; --limit N');
    expect(await must('promote', 'Ann')).toMatch(
      /^ann is an administrator now\.\n\n[\s\S]*server_role +admin/,
    );
    expect(await must('promote', 'ann')).toStartWith('ann was an administrator already.\n');
    expect(await must('users', 'list')).toContain('ONLINE');
    expect((await ann.call('GET', '/api/admin/users')).status).toBe(200);
    expect((await ann.call('GET', '/api/auth/me')).body).toMatchObject({ server_role: 'admin' });
  });

  test('keeps its door to the running server shut to other users', () => {
    const path = doorPath(env.STORAGE_DIR ?? '');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('ends sockets of a running server at once', async () => {
    const socket = await ben.connect();
    expect(await must('sessions', 'list', 'ben')).toContain('127.0.0.1');
    expect(await must('deactivate', 'ben')).toMatch(
      /^ben was signed out everywhere[\s\S]*state +deactivated/,
    );
    expect(await socket.closed()).toBe(4401);
    expect((await ben.call('GET', '/api/auth/me')).status).toBe(401);
    expect((await login(ben)).body).toMatchObject({ code: 'account_inactive' } as never);
    expect(await must('deactivate', 'ben')).toStartWith('ben was deactivated already.\n');
    await must('reactivate', 'ben');
    expect(await must('reactivate', 'ben')).toStartWith('ben was active already.\n');
    expect((await login(ben)).status).toBe(200);
  });

  test('gives a new password, its own or one from standard input', async () => {
    const [password = ''] = (await must('reset-password', 'ben')).split('\n');
    expect((await login(ben, password)).status).toBe(200);
    const given = await runAdmin(
      env,
      ['reset-password', 'ben', '--password-stdin'],
      'from-stdin\n',
    );
    expect(given.code).toBe(0);
    expect(given.out).not.toContain('from-stdin');
    expect((await login(ben, 'from-stdin')).status).toBe(200);
    const short = await runAdmin(env, ['reset-password', 'ben', '--password-stdin'], 'short');
    expect(short.code).toBe(1);
    expect(short.err).toContain('password');
    expect(await must('sessions', 'close', 'ben')).toBe('ben was signed out: 1 session ended.\n');
    expect(await must('sessions', 'close', 'ben')).toBe('ben was not signed in anywhere.\n');
    expect(await must('sessions', 'list', 'ben')).toBe('ben is not signed in anywhere.\n');
  });

  test('lists and closes reports', async () => {
    const report = { user_id: ben.id, reason: 'Rude' };
    const { id } = await ann.must<{ id: number }>('POST', '/api/reports', report);
    expect(await must('reports', 'list', '--state', 'resolved')).toBe(
      'There are no resolved reports.\n',
    );
    expect(await must('reports', 'list')).toContain('Rude');
    expect(await must('reports', 'close', String(id), '--note', 'Done')).toMatch(/note +Done/);
    expect(await must('reports', 'close', String(id), '--note', 'Again')).toMatch(
      /was closed already[\s\S]*note +Done/,
    );
    expect(await must('reports', 'list')).toBe('There are no open reports.\n');
    expect(await must('reports', 'list', '--state', 'resolved')).toContain('Rude');
  });

  test('sets the retention of a running server', async () => {
    expect(await must('retention', 'set', '30')).toBe(
      'Messages are kept for 30 days; older ones are erased.\n',
    );
    expect(await ann.must('GET', '/api/admin/retention')).toEqual({ days: 30 } as never);
    expect(await must('retention', 'set', 'off')).toBe('Messages are kept for ever.\n');
    expect(await must('retention', 'show')).toBe('Messages are kept for ever.\n');
  });

  test('tells why nothing is pushed', async () => {
    expect(await must('why-no-push', 'ben')).toStartWith('- ');
  });

  test('refuses in a sentence, and says so by its exit code', async () => {
    expect(await run('promote', 'nobody')).toEqual({
      code: 1,
      out: '',
      err: 'There is no user “nobody”\n',
    });
    const last = await run('demote', 'ann');
    expect(last.code).toBe(1);
    expect(last.err).toContain('last administrator');
    for (const wrong of [
      ['fly'],
      ['promote'],
      ['users', 'list', '--note', 'x'],
      ['retention', 'set', '0'],
    ]) {
      const ran = await run(...wrong);
      expect([wrong, ran.code, ran.out]).toEqual([wrong, 2, '']);
      expect(ran.err).toContain('See --help');
    }
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('works on the storage after a %s', async (signal) => {
    await stop(signal);
    const listed = await json<{ items: AdminUser[] }>('users', 'list');
    expect(listed.items.map(({ username }) => username)).toEqual(['ann', 'ben']);
    await must('deactivate', 'ben');
    await must('retention', 'set', '7');
    const log = await json<{ items: AuditEntry[] }>('audit-log', '--limit', '2');
    expect(log.items.map(({ action, address }) => [action, address])).toEqual([
      ['retention.set', 'command line'],
      ['user.deactivate', 'command line'],
    ]);
    await start();
    expect((await login(ben, 'from-stdin')).status).toBe(403);
    expect((await ann.must('GET', '/api/admin/retention')) as never).toEqual({ days: 7 } as never);
    await must('reactivate', 'ben');
    expect((await login(ben, 'from-stdin')).status).toBe(200);
  });
});

test('npm run admin explains itself', async () => {
  for (const args of [['--help'], [], ['promote', '--help']]) {
    const { code, out } = await runAdmin({}, args);
    expect(code).toBe(0);
    expect(out).toContain('Usage: npm run admin');
  }
});

test('npm run admin without a database says where it looked', async () => {
  const ran = await runAdmin({ STORAGE_DIR: '/tmp/there-is-nothing-here' }, ['users', 'list']);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('/tmp/there-is-nothing-here/db/chat.sqlite');
});
