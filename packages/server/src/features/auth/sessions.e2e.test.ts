import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type CursorPage, type Me, type Session, SessionPage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import { call, PASSWORD, type TestUser } from '../../testing/user';

describe.each(DIALECTS)('sessions on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const sessions = (user: TestUser, query = '') =>
    user.must<CursorPage<Session>>('GET', `/api/auth/sessions${query}`);
  const alive = async (user: TestUser) => (await user.call('GET', '/api/auth/me')).status === 200;

  test('each sign-in is one, the newest first; the asking one is marked', async () => {
    const phone = await server.user('ann');
    const laptop = await phone.signIn();
    const page = await sessions(phone);
    expect(SessionPage.parse(page)).toEqual(page);
    expect(page.items.map((session) => session.is_current)).toEqual([false, true]);
    expect(page.items[0]).toMatchObject({ ip: '127.0.0.1', device: expect.any(String) });
    expect((await sessions(laptop)).items.map((s) => s.is_current)).toEqual([true, false]);
  });

  test('come in pages', async () => {
    const ann = await server.user('ann');
    for (let i = 0; i < 4; i++) await ann.signIn();
    const all = (await sessions(ann)).items.map((session) => session.id);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: CursorPage<Session> = await sessions(
        ann,
        `?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((session) => session.id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toEqual(all);
  });

  test('signing out ends this one and closes its sockets, no other', async () => {
    const phone = await server.user('ann');
    const laptop = await phone.signIn();
    const [gone, kept] = [await phone.connect(), await laptop.connect()];
    expect((await phone.call('POST', '/api/auth/logout')).status).toBe(204);
    expect(await gone.closed()).toBe(4401);
    expect(await alive(phone)).toBe(false);
    const answer = await call(server.url, 'POST', '/api/auth/refresh', {
      body: { refresh_token: phone.refreshToken },
    });
    expect(answer.status).toBe(401);
    await kept.settled();
    expect((await sessions(laptop)).items).toHaveLength(1);
  });

  test('one can be ended from another device', async () => {
    const phone = await server.user('ann');
    const laptop = await phone.signIn();
    const socket = await phone.connect();
    const lost = (await sessions(laptop)).items.find((session) => !session.is_current);
    const path = `/api/auth/sessions/${lost?.id}`;
    expect((await laptop.call('DELETE', path)).status).toBe(204);
    expect(await socket.closed()).toBe(4401);
    expect(await alive(phone)).toBe(false);
    expect((await laptop.call('DELETE', path)).status).toBe(404);
  });

  test("another user's cannot be ended", async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const [session] = (await sessions(ann)).items;
    expect((await bob.call('DELETE', `/api/auth/sessions/${session?.id}`)).status).toBe(404);
    expect(await alive(ann)).toBe(true);
  });

  test('changing the password ends all others and keeps this one', async () => {
    const phone = await server.user('ann');
    const laptop = await phone.signIn();
    const [gone, kept] = [await phone.connect(), await laptop.connect()];
    const change = { current_password: PASSWORD, new_password: 'battery staple' };
    expect((await laptop.call('POST', '/api/auth/change-password', change)).status).toBe(204);
    expect(await gone.closed()).toBe(4401);
    expect(await alive(phone)).toBe(false);
    await kept.settled();
    expect(await alive(laptop)).toBe(true);
    await expect(phone.signIn()).rejects.toThrow('invalid_credentials');
    const body = { username: phone.username, password: 'battery staple' };
    expect((await call(server.url, 'POST', '/api/auth/login', { body })).status).toBe(200);
  });

  test('the password changes only for who knows it, and to a good one', async () => {
    const ann = await server.user('ann');
    const change = (current_password: string, new_password: string) =>
      ann.call('POST', '/api/auth/change-password', { current_password, new_password });
    expect((await change('wrong', 'battery staple')).body).toMatchObject({
      status: 403,
      code: 'wrong_password',
    });
    expect((await change(PASSWORD, 'short')).status).toBe(422);
    expect(await alive(ann)).toBe(true);
    await ann.signIn();
  });

  test('guessing the password by changing it is limited like signing in', async () => {
    const ann = await server.user('ann');
    const guess = () =>
      ann.call('POST', '/api/auth/change-password', {
        current_password: 'wrong',
        new_password: 'battery staple',
      });
    for (let i = 0; i < 5; i++) expect((await guess()).status).toBe(403);
    expect((await guess()).status).toBe(429);
  });

  test('a device token belongs to a session; the last one registered is shown', async () => {
    const phone = await server.user('ann');
    const tablet = await phone.signIn();
    const shown = async () => (await phone.must<Me>('GET', '/api/auth/me')).device_token;
    const set = async (user: TestUser, device_token: string) => {
      const body = { device_token, platform: 'android' };
      expect((await user.call('POST', '/api/auth/device-token', body)).status).toBe(204);
    };
    expect(await shown()).toBeNull();
    await set(phone, 'token-1');
    expect(await shown()).toBe('token-1');
    await set(tablet, 'token-2');
    expect(await shown()).toBe('token-2');
    await set(tablet, '');
    expect(await shown()).toBe('token-1');
    await phone.call('POST', '/api/auth/logout');
    const left = await tablet.must<Me>('GET', '/api/auth/me');
    expect(left.device_token).toBeNull();
  });

  test('a device token moves with the device to who signs in there', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const body = { device_token: 'shared-tablet' };
    await ann.must('POST', '/api/auth/device-token', body);
    await bob.must('POST', '/api/auth/device-token', body);
    expect((await ann.must<Me>('GET', '/api/auth/me')).device_token).toBeNull();
    expect((await bob.must<Me>('GET', '/api/auth/me')).device_token).toBe('shared-tablet');
  });

  test.each([{}, { device_token: 7 }, { device_token: 'x', platform: 'toaster' }])(
    'a device token of %j is refused',
    async (body) => {
      const ann = await server.user('ann');
      expect((await ann.call('POST', '/api/auth/device-token', body)).status).toBe(422);
    },
  );
});
