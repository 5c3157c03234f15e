import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type CursorPage, type Me, User, UserPage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('users on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, crowd: 25 });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  const search = (q: string, more = '') =>
    ann.must<CursorPage<User>>('GET', `/api/users/search?q=${encodeURIComponent(q)}${more}`);
  const names = async (q: string) => (await search(q)).items.map((user) => user.username);

  async function named(username: string, full_name: string): Promise<TestUser> {
    const user = await server.user(username);
    await user.must('PUT', '/api/auth/me', { full_name });
    return user;
  }

  test('are found by the beginning of their username, in any case', async () => {
    const zoe = await server.user('zoe');
    expect(await names('zo')).toEqual([zoe.username]);
    expect(await names('ZOE')).toEqual([zoe.username]);
    expect(await names('oe')).toEqual([]);
    expect(await names(`@${zoe.username}`)).toEqual([zoe.username]);
  });

  test('are found by the beginning of a word of their full name', async () => {
    const user = await named('xavier', 'Yvonne de Quincey');
    for (const q of ['yvonne', 'Quinc', 'de q']) expect(await names(q)).toContain(user.username);
    expect(await names('vonne')).not.toContain(user.username);
  });

  test('are found by names of any alphabet, as they are written', async () => {
    const [emile, lena] = [await named('u1', 'Émile Ørsted'), await named('u2', 'Лена')];
    expect(await names('Émi')).toContain(emile.username);
    expect(await names('Ørst')).toContain(emile.username);
    expect(await names('Лен')).toContain(lena.username);
  });

  test('are found by names of any alphabet in any case', async () => {
    const [emile, lena] = [await named('u3', 'Émeline Ødegaard'), await named('u4', 'Надя')];
    expect(await names('émel')).toContain(emile.username);
    expect(await names('ødeg')).toContain(emile.username);
    expect(await names('НАД')).toContain(lena.username);
  });

  test.each(['%', '_', '\\', 'crowd%', "'"])('the wildcard %s means itself', async (q) => {
    expect(await names(q)).toEqual([]);
  });

  test('come in pages, each user once, in order', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: CursorPage<User> = await search(
        'crowd',
        `&limit=10${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(UserPage.parse(page)).toEqual(page);
      seen.push(...page.items.map((user) => user.username));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(server.crowd.map((user) => user.username));
  });

  test.each(['?q=', '', '?q=a&limit=0', '?q=a&limit=101', '?q=a&limit=x', '?q=a&cursor=bogus'])(
    'the search %s is refused',
    async (query) => {
      expect((await ann.call('GET', `/api/users/search${query}`)).status).toBe(422);
    },
  );

  test('show their email and device token to nobody but themselves', async () => {
    const bob = await named('bobby', 'Bobby');
    await bob.must('POST', '/api/auth/device-token', { device_token: 'secret-token' });
    const chat = await ann.group('Both', bob);
    const views = await Promise.all([
      ann.must<User>('GET', `/api/users/${bob.id}`),
      search(bob.username),
      ann.must('GET', `/api/chats/${chat.id}`),
      ann.must('GET', '/api/chats'),
    ]);
    expect(User.parse(views[0])).toEqual(views[0]);
    const told = JSON.stringify(views);
    expect(told).toContain('Bobby');
    for (const secret of ['secret-token', '@example.org', 'email', 'device_token', 'password']) {
      expect(told).not.toContain(secret);
    }
    expect(await bob.must<Me>('GET', '/api/auth/me')).toMatchObject({
      email: `${bob.username}@example.org`,
      device_token: 'secret-token',
    });
  });

  test('that do not exist are 404, and what is no id 422', async () => {
    expect((await ann.call('GET', '/api/users/999999')).status).toBe(404);
    for (const id of ['0', '-1', '1.5', 'x', '9007199254740992', '01']) {
      expect((await ann.call('GET', `/api/users/${id}`)).status).toBe(422);
    }
  });

  test('change their own profile, a field at a time', async () => {
    const cid = await server.user('cid');
    const put = (change: object) => cid.must<Me>('PUT', '/api/auth/me', change);
    await put({ full_name: 'Cid', bio: 'Climbs', avatar_url: 'https://example.org/c.png' });
    expect(await put({ bio: null })).toMatchObject({ full_name: 'Cid', bio: null });
    expect(await put({ email: 'New@Example.org' })).toMatchObject({ email: 'new@example.org' });
    expect(await put({})).toMatchObject({ full_name: 'Cid', email: 'new@example.org' });
    const seen = await ann.must<User>('GET', `/api/users/${cid.id}`);
    expect(seen).toMatchObject({ full_name: 'Cid', avatar_url: 'https://example.org/c.png' });
  });

  test('cannot change what is not theirs to change', async () => {
    const cid = await server.user('cid');
    const change = { id: 1, username: 'root', is_active: false, created_at: null, full_name: 'C' };
    const me = await cid.must<Me>('PUT', '/api/auth/me', change);
    expect(me).toMatchObject({ id: cid.id, username: cid.username, is_active: true });
  });

  test.each([
    { full_name: 'x'.repeat(101) },
    { bio: 'x'.repeat(501) },
    { bio: 5 },
    { avatar_url: 'javascript:alert(1)' },
    { avatar_url: '//evil.example/x.png' },
    { avatar_url: 'data:text/html,x' },
    { email: 'nobody' },
    { email: null },
  ])('the profile %j is refused', async (change) => {
    expect((await ann.call('PUT', '/api/auth/me', change)).status).toBe(422);
  });

  test('cannot take an address that another one has', async () => {
    const [cid, dan] = [await server.user('cid'), await server.user('dan')];
    const answer = await cid.call('PUT', '/api/auth/me', { email: `${dan.username}@EXAMPLE.org` });
    expect(answer.body).toMatchObject({ status: 409, code: 'email_taken' });
    await cid.must('PUT', '/api/auth/me', { email: `${cid.username}@example.org` });
  });

  test('of many who want one address at once, one gets it', async () => {
    const many = server.crowd.slice(0, 12);
    const email = 'wanted@example.org';
    const answers = await Promise.all(many.map((u) => u.call('PUT', '/api/auth/me', { email })));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array(11).fill(409)]);
  });

  test('change their profile three hundred times at once, not more', async () => {
    const open = await TestServer.start({ dialect, clock: new ManualClock() });
    const cid = await open.user('cid');
    const put = async () => (await cid.call('PUT', '/api/auth/me', {})).status;
    const statuses = await Promise.all(Array.from({ length: 400 }, put));
    expect(statuses.filter((status) => status === 200)).toHaveLength(300);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100);
    expect((await cid.call('GET', '/api/auth/me')).status).toBe(200);
    await open.stop();
  });

  test('show a new name everywhere at once', async () => {
    const [cid, dan] = [await server.user('cid'), await server.user('dan')];
    const chat = await cid.direct(dan);
    await cid.must('GET', `/api/chats/${chat.id}`);
    await dan.must('PUT', '/api/auth/me', { full_name: 'Daniel' });
    const shown = await cid.must<{ peer: User; members: { user: User }[] }>(
      'GET',
      `/api/chats/${chat.id}`,
    );
    expect(shown.peer.full_name).toBe('Daniel');
    expect(shown.members.map((member) => member.user.full_name)).toEqual([null, 'Daniel']);
  });
});
