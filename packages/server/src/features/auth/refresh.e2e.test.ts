import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Problem, Token } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import { type Answer, call } from '../../testing/user';

const DAY = 86_400_000;

describe.each(DIALECTS)('refreshing on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock });
  });
  afterAll(() => server.stop());

  const refresh = (refresh_token: string): Promise<Answer<Token & Problem>> =>
    call(server.url, 'POST', '/api/auth/refresh', { body: { refresh_token } });
  const me = (token: string) => call(server.url, 'GET', '/api/auth/me', { token });

  test('gives new tokens, both of which work', async () => {
    const ann = await server.user('ann');
    const first = await refresh(ann.refreshToken);
    expect(first.status).toBe(200);
    expect(Token.parse(first.body)).toEqual(first.body);
    expect(first.body.refresh_token).not.toBe(ann.refreshToken);
    expect((await me(first.body.access_token)).status).toBe(200);
    expect((await refresh(first.body.refresh_token)).status).toBe(200);
  });

  test('the token just replaced gives the same successor for ten seconds', async () => {
    const ann = await server.user('ann');
    const first = await refresh(ann.refreshToken);
    clock.advance(10_000);
    const again = await refresh(ann.refreshToken);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(first.body.refresh_token);
    expect((await me(again.body.access_token)).status).toBe(200);
  });

  test('many at once with one token get one successor', async () => {
    const ann = await server.user('ann');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(ann.refreshToken)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
  });

  test('after ten seconds the replaced token ends the session and closes its sockets', async () => {
    const ann = await server.user('ann');
    const other = await ann.signIn();
    const [socket, spared] = [await ann.connect(), await other.connect()];
    const first = await refresh(ann.refreshToken);
    clock.advance(10_001);
    const reused = await refresh(ann.refreshToken);
    expect(reused.status).toBe(401);
    expect(reused.body.code).toBe('invalid_token');
    expect(await socket.closed()).toBe(4401);
    expect((await me(first.body.access_token)).body).toMatchObject({ code: 'session_revoked' });
    // Neither of the two who hold it is told that somebody ended it.
    const latest = await refresh(first.body.refresh_token);
    expect(latest).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    await spared.settled();
    expect((await me(other.token)).status).toBe(200);
    type Sessions = { items: unknown[] };
    const { items } = await other.must<Sessions>('GET', '/api/auth/sessions');
    expect(items).toHaveLength(1);
    await server.restart();
    expect((await me(first.body.access_token)).body).toMatchObject({ code: 'session_revoked' });
  });

  test('a token two generations old ends the session at once', async () => {
    const ann = await server.user('ann');
    const first = await refresh(ann.refreshToken);
    const second = await refresh(first.body.refresh_token);
    expect((await refresh(ann.refreshToken)).status).toBe(401);
    expect((await refresh(second.body.refresh_token)).status).toBe(401);
  });

  test('a session that is not refreshed for 90 days has ended', async () => {
    const ann = await server.user('ann');
    clock.leap(89 * DAY);
    const kept = await refresh(ann.refreshToken);
    expect(kept.status).toBe(200);
    clock.leap(90 * DAY + 1);
    const late = async () => (await refresh(kept.body.refresh_token)).body.code;
    expect(await late()).toBe('token_expired');
    await ann.signIn();
    expect(await late()).toBe('token_expired');
    clock.leap(90 * DAY);
    await ann.signIn();
    expect(await late()).toBe('session_revoked');
  });

  test('a session that somebody ended is told from one that is over', async () => {
    const ann = await server.user('ann');
    const other = await ann.signIn();
    type Sessions = { items: { id: number; is_current: boolean }[] };
    const { items } = await ann.must<Sessions>('GET', '/api/auth/sessions');
    const theirs = items.find(({ is_current }) => !is_current);
    await ann.must('DELETE', `/api/auth/sessions/${theirs?.id}`);
    expect((await refresh(other.refreshToken)).body.code).toBe('session_revoked');
  });

  test('after a restart a refresh token is still good', async () => {
    const ann = await server.user('ann');
    await server.restart();
    expect((await refresh(ann.refreshToken)).status).toBe(200);
  });

  test.each([
    ['an access token', (t: string) => t],
    ['a changed generation', (_: string, r: string) => r.replace(/\.1\./, '.2.')],
    ['a changed session', (_: string, r: string) => `1${r}`],
    ['a changed signature', (_: string, r: string) => `${r.slice(0, -4)}AAAA`],
    ['something else', () => '☃.1.x'],
  ])('%s is refused', async (_, forge) => {
    const ann = await server.user('ann');
    const answer = await refresh(forge(ann.token, ann.refreshToken));
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('invalid_token');
    expect((await refresh(ann.refreshToken)).status).toBe(200);
  });
});

test('a token of before a restore is nobody’s, though ids are given out again', async () => {
  const env = { SECRET_KEY: 'the same secret before and after the restore' };
  const [before, after] = [await TestServer.start({ env }), await TestServer.start({ env })];
  const mallory = await before.user('mallory');
  await after.user('victim');
  const refreshed = await call(after.url, 'POST', '/api/auth/refresh', {
    body: { refresh_token: mallory.refreshToken },
  });
  const me = await call(after.url, 'GET', '/api/auth/me', { token: mallory.token });
  expect([refreshed.status, me.status]).toEqual([401, 401]);
  await before.stop();
  await after.stop();
});
