import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Problem, TokenWithUser } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import { type Answer, call, PASSWORD } from '../../testing/user';

const MINUTE = 60_000;

describe.each(DIALECTS)('signing in on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({
      dialect,
      clock,
      // The tests come from one address; a proxy's header tells them apart.
      env: { TRUSTED_PROXIES: '127.0.0.1' },
    });
  });
  afterAll(() => server.stop());

  const login = <T = Problem>(username: string, password: string, from = '192.0.2.1') =>
    call<T>(server.url, 'POST', '/api/auth/login', {
      body: { username, password },
      headers: { 'x-forwarded-for': from },
    });

  test('takes JSON, by username or email, in any case', async () => {
    const ann = await server.user('ann');
    for (const name of [ann.username, ann.username.toUpperCase(), `${ann.username}@Example.org`]) {
      const answer = await login<TokenWithUser>(name, PASSWORD);
      expect(answer.status).toBe(200);
      expect(TokenWithUser.parse(answer.body).user.id).toBe(ann.id as never);
    }
  });

  test('takes an OAuth2 password form', async () => {
    const ann = await server.user('ann');
    const answer = await call<TokenWithUser>(server.url, 'POST', '/api/auth/login', {
      body: `grant_type=password&username=${ann.username}&password=${PASSWORD}&scope=`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.user.id).toBe(ann.id as never);
  });

  test('a wrong password and an unknown name are answered alike', async () => {
    const ann = await server.user('ann');
    const wrong = await login(ann.username, 'wrong password');
    const unknown = await login('nobody.here', 'wrong password');
    expect(wrong.status).toBe(401);
    const { request_id: _, ...body } = wrong.body;
    expect(unknown.body).toMatchObject(body);
    expect(body.code).toBe('invalid_credentials');
  });

  async function fail(times: number, name: string, from?: string): Promise<Answer<Problem>[]> {
    const answers: Answer<Problem>[] = [];
    for (let i = 0; i < times; i++) answers.push(await login(name, `wrong ${i}`, from));
    return answers;
  }

  test('after five wrong passwords in 15 minutes the right one has to wait too', async () => {
    const ann = await server.user('ann');
    expect((await fail(5, ann.username)).map((a) => a.status)).toEqual(Array(5).fill(401));
    clock.advance(5 * MINUTE);
    const refused = await login(ann.username, PASSWORD);
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('rate_limited');
    expect(refused.headers.get('retry-after')).toBe(String(10 * 60));
    clock.advance(10 * MINUTE);
    expect((await login(ann.username, PASSWORD)).status).toBe(200);
  });

  test('the limit is of one account and one address', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await fail(5, ann.username, '192.0.2.7');
    expect((await login(ann.username, PASSWORD, '192.0.2.7')).status).toBe(429);
    expect((await login(ann.username, PASSWORD, '192.0.2.8')).status).toBe(200);
    expect((await login(bob.username, PASSWORD, '192.0.2.7')).status).toBe(200);
  });

  test('another spelling or the email is the same account', async () => {
    const ann = await server.user('ann');
    await fail(4, ann.username, '192.0.2.9');
    await fail(1, `${ann.username}@example.org`, '192.0.2.9');
    expect((await login(ann.username.toUpperCase(), PASSWORD, '192.0.2.9')).status).toBe(429);
  });

  test('wrong passwords sent all at once are counted one by one', async () => {
    const ann = await server.user('ann');
    const tries = Array.from({ length: 12 }, (_, i) => login(ann.username, `w${i}`, '192.0.2.10'));
    const statuses = (await Promise.all(tries)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  test('right passwords sent all at once all sign in', async () => {
    const ann = await server.user('ann');
    const tries = Array.from({ length: 12 }, () => login(ann.username, PASSWORD, '192.0.2.11'));
    expect((await Promise.all(tries)).map((a) => a.status)).toEqual(Array(12).fill(200));
  });

  test('the right password forgives the wrong ones before it', async () => {
    const ann = await server.user('ann');
    await fail(4, ann.username, '192.0.2.12');
    await login(ann.username, PASSWORD, '192.0.2.12');
    expect((await fail(5, ann.username, '192.0.2.12')).at(-1)?.status).toBe(401);
  });
});

test('RATE_LIMITS=off lifts the limit', async () => {
  const server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
  const ann = await server.user('ann');
  for (let i = 0; i < 7; i++) {
    const body = { username: ann.username, password: 'wrong' };
    expect((await call(server.url, 'POST', '/api/auth/login', { body })).status).toBe(401);
  }
  await server.stop();
});
