import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type {
  AdminUser,
  AdminUserDetails,
  AuditEntry,
  ChatDetails,
  CursorPage,
  Message,
  NewPassword,
  TokenWithUser,
} from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import { call, PASSWORD, type TestUser } from '../../testing/user';

describe.each(DIALECTS)('administrators on %s', (dialect) => {
  let server: TestServer;
  let root: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
    root = await server.admin('root');
  });
  afterAll(() => server.stop());

  const login = (username: string, password: string = PASSWORD) =>
    call<TokenWithUser>(server.url, 'POST', '/api/auth/login', { body: { username, password } });
  const act = (user: TestUser, action: string, body?: unknown) =>
    root.call<Record<string, unknown>>('POST', `/api/admin/users/${user.id}/${action}`, body);
  const log = () =>
    root
      .must<CursorPage<AuditEntry>>('GET', '/api/admin/audit-log?limit=100')
      .then(({ items }) => items);

  test('see that they are, and nobody else sees it', async () => {
    const ann = await server.user('ann');
    expect((await root.call('GET', '/api/auth/me')).body).toMatchObject({ server_role: 'admin' });
    expect((await ann.call('GET', '/api/auth/me')).body).toMatchObject({ server_role: 'user' });
    const seen = await ann.call('GET', `/api/users/${root.id}`);
    expect(seen.body).not.toHaveProperty('server_role');
  });

  test('list accounts page by page, and find them by name and address', async () => {
    const names: string[] = [];
    for (let n = 0; n < 5; n++) names.push((await server.user('finder')).username);
    const list = (query: string) =>
      root.must<CursorPage<AdminUser>>('GET', `/api/admin/users?${query}`);
    const found: (string | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: CursorPage<AdminUser> = await list(
        `q=finder&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...page.items.map(({ username }) => username));
      cursor = page.next_cursor;
    }
    expect(found).toEqual(names);
    const byAddress = await list(`q=${names[0]}@example`);
    expect(byAddress.items.map(({ username }) => username)).toEqual([names[0] as string]);
    expect((await list('server_role=admin')).items.map(({ id }) => Number(id))).toEqual([root.id]);
    expect((await list('q=%25')).items).toEqual([]);
    expect((await root.call('GET', '/api/admin/users?cursor=x')).status).toBe(422);
    expect((await root.call('GET', '/api/admin/users?limit=0')).status).toBe(422);
  });

  test('deactivate an account: it is out within a second, and shows as “deleted user”', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    await ann.must('PUT', '/api/auth/me', { full_name: 'Ann Lee' });
    const direct = await ben.direct(ann);
    const group = await ben.group('Group', ann);
    const said = await ann.send(group.id, 'hello');
    await ben.send(group.id, 'yes?', { reply_to_id: said.id });
    const socket = await ann.connect();
    const answer = await act(ann, 'deactivate');
    expect(answer).toMatchObject({
      status: 200,
      body: { state: 'deactivated', username: ann.username, session_count: 0 },
    });

    expect(await socket.closed()).toBe(4401);
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(401);
    const refresh = { body: { refresh_token: ann.refreshToken } };
    expect((await call(server.url, 'POST', '/api/auth/refresh', refresh)).status).toBe(401);
    expect(await login(ann.username)).toMatchObject({
      status: 403,
      body: { code: 'account_inactive' },
    } as never);
    expect((await login(ann.username, 'wrong-password')).status).toBe(401);

    const shown = async () => {
      const chat = await ben.must<ChatDetails>('GET', `/api/chats/${group.id}`);
      const { items } = await ben.must<{ items: Message[] }>('GET', `/api/messages/${group.id}`);
      const { peer } = await ben.must<ChatDetails>('GET', `/api/chats/${direct.id}`);
      const user = await ben.must<{ username: string }>('GET', `/api/users/${ann.id}`);
      return {
        member: chat.members.find(({ user_id }) => Number(user_id) === ann.id)?.user.username,
        sender: items[0]?.sender_username,
        quoted: items[1]?.reply_to?.sender_username,
        peer: peer?.username,
        fullName: peer?.full_name,
        user: user.username,
      };
    };
    const nobody = 'deleted user';
    expect(await shown()).toEqual({
      member: nobody,
      sender: nobody,
      quoted: nobody,
      peer: nobody,
      fullName: null,
      user: nobody,
    });
    expect((await act(ann, 'reactivate')).body).toMatchObject({ state: 'active' });
    const name = ann.username;
    expect(await shown()).toEqual({
      member: name,
      sender: name,
      quoted: name,
      peer: name,
      fullName: 'Ann Lee',
      user: name,
    });
    expect((await login(ann.username)).status).toBe(200);
  });

  test('deactivate an account for those too who are signing in at that moment', async () => {
    for (let round = 0; round < 5; round++) {
      const ann = await server.user('ann');
      await Promise.all([
        ...Array.from({ length: 4 }, () => login(ann.username)),
        act(ann, 'deactivate'),
        ...Array.from({ length: 4 }, () => login(ann.username)),
      ]);
      const details = await root.must<AdminUserDetails>('GET', `/api/admin/users/${ann.id}`);
      expect(details).toMatchObject({ state: 'deactivated', session_count: 0 });
    }
  });

  test('cannot deactivate or demote the last of them', async () => {
    const last = { status: 409, body: { code: 'conflict' } };
    expect(await act(root, 'deactivate')).toMatchObject(last);
    const demote = (user: TestUser) =>
      root.call('PUT', `/api/admin/users/${user.id}/role`, { server_role: 'user' });
    expect(await demote(root)).toMatchObject(last);
    const other = await server.admin();
    await act(other, 'deactivate');
    expect(await demote(root)).toMatchObject(last);
    await act(other, 'reactivate');
    expect((await demote(other)).body).toMatchObject({ server_role: 'user' });
  });

  test('who deactivate each other at once leave one of them', async () => {
    const open = await TestServer.start({ dialect });
    const admins = await Promise.all(Array.from({ length: 4 }, () => open.admin()));
    await Promise.all(
      admins.map((admin, i) => {
        const next = admins[(i + 1) % admins.length] as TestUser;
        return admin.call('POST', `/api/admin/users/${next.id}/deactivate`);
      }),
    );
    const states = await Promise.all(admins.map((admin) => admin.call('GET', '/api/admin/users')));
    expect(states.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    await open.stop();
  });

  test('give an account a new password, which ends its sessions', async () => {
    const ann = await server.user('ann');
    const socket = await ann.connect();
    const { body } = (await act(ann, 'reset-password')) as { body: unknown };
    const { password } = body as NewPassword;
    expect(password).toMatch(/^[2-9a-z]{4}(-[2-9a-z]{4}){3}$/);
    expect(await socket.closed()).toBe(4401);
    expect((await login(ann.username)).status).toBe(401);
    expect((await login(ann.username, password ?? '')).status).toBe(200);
    expect((await act(ann, 'reset-password', { new_password: 'their-choice' })).body).toEqual({
      password: null,
    });
    expect((await login(ann.username, 'their-choice')).status).toBe(200);
    expect((await act(ann, 'reset-password', { password: 'by its other name' })).body).toEqual({
      password: null,
    });
    expect((await login(ann.username, 'by its other name')).status).toBe(200);
    for (const field of ['new_password', 'password']) {
      expect((await act(ann, 'reset-password', { [field]: 'short' })).status).toBe(422);
    }
  });

  test('see and end the sessions of others', async () => {
    const ann = await server.user('ann');
    await ann.signIn();
    const socket = await ann.connect();
    const path = `/api/admin/users/${ann.id}/sessions`;
    const { items } = await root.must<{ items: object[] }>('GET', `${path}?limit=1`);
    expect(items).toMatchObject([{ ip: '127.0.0.1' }]);
    expect((await root.call('DELETE', path)).status).toBe(204);
    expect(await socket.closed()).toBe(4401);
    expect((await root.must<{ items: object[] }>('GET', path)).items).toEqual([]);
    expect((await login(ann.username)).status).toBe(200);
  });

  test('set how long messages are kept, and all of the server knows at once', async () => {
    const { retention } = server.services.administration;
    expect(await root.must('GET', '/api/admin/retention')).toEqual({ days: null } as never);
    expect(retention.retentionMs()).toBeNull();
    await root.must('PUT', '/api/admin/retention', { days: 30 });
    expect(retention.retentionMs()).toBe(30 * 86_400_000);
    await server.restart();
    expect(server.services.administration.retention.retentionMs()).toBe(30 * 86_400_000);
    await root.must('PUT', '/api/admin/retention', { days: null });
    expect(await root.must('GET', '/api/admin/retention')).toEqual({ days: null } as never);
    for (const days of [0, -1, 1.5, '30', 1e9]) {
      expect((await root.call('PUT', '/api/admin/retention', { days })).status).toBe(422);
    }
    expect((await root.call('PUT', '/api/admin/retention', {})).status).toBe(422);
  });

  test('leave each of their deeds in the log, and none that was refused or changed nothing', async () => {
    const ann = await server.user('ann');
    const before = (await log()).length;
    await act(ann, 'deactivate');
    await act(ann, 'deactivate');
    await act(ann, 'reactivate');
    const { body } = await act(ann, 'reset-password');
    await root.call('DELETE', `/api/admin/users/${ann.id}/sessions`);
    await root.call('POST', '/api/admin/users/700000000/deactivate');
    await root.call('PUT', '/api/admin/retention', { days: 7 });
    await server.services.administration.desk.run('promote', { username: ann.username });
    const entries = await log();
    const fresh = entries.slice(0, entries.length - before);
    expect(fresh.map(({ action }) => action)).toEqual([
      'user.promote',
      'retention.set',
      'sessions.close',
      'user.reset_password',
      'user.reactivate',
      'user.deactivate',
    ]);
    const me = { id: root.id as never, username: root.username };
    const target = { id: ann.id as never, username: ann.username };
    expect(fresh.at(-1)).toMatchObject({ actor: me, target, address: '127.0.0.1' });
    expect(fresh[1]).toMatchObject({ actor: me, target: null, details: { days: 7 } });
    expect(fresh[0]).toMatchObject({ actor: null, target, address: 'command line' });
    expect(JSON.stringify(fresh)).not.toContain(String(body.password));
  });

  test('page the log', async () => {
    const all = await log();
    const first = await root.must<CursorPage<AuditEntry>>('GET', '/api/admin/audit-log?limit=3');
    const cursor = first.next_cursor as string;
    const second = await root.must<CursorPage<AuditEntry>>(
      'GET',
      `/api/admin/audit-log?limit=3&cursor=${cursor}`,
    );
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 6));
  });

  test('get 404 for an account that there is not', async () => {
    for (const path of ['', '/sessions']) {
      const answer = await root.call('GET', `/api/admin/users/700000000${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    for (const action of ['deactivate', 'reactivate', 'reset-password']) {
      const answer = await root.call('POST', `/api/admin/users/700000000/${action}`);
      expect(answer.status).toBe(404);
    }
  });

  test('see how many sessions and chats an account has', async () => {
    const ann = await server.user('ann');
    await ann.signIn();
    await ann.group('One');
    const details = await root.must<AdminUserDetails>('GET', `/api/admin/users/${ann.id}`);
    expect(details).toMatchObject({
      session_count: 2,
      chat_count: 1,
      email: `${ann.username}@example.org`,
    });
  });
});
