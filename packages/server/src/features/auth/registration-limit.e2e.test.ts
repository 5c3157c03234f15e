import { expect, test } from 'bun:test';
import type { Problem } from '@confab/protocol';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import { call } from '../../testing/user';

/** Registering with a name that is taken by rule: it counts, and costs no hash. */
const attempt = (server: TestServer) => {
  const body = { username: 'admin', email: 'a@example.org', password: 'password' };
  return call<Problem>(server.url, 'POST', '/api/auth/register', { body });
};

async function attempts(server: TestServer, count: number): Promise<number[]> {
  const statuses = [];
  for (let n = 0; n < count; n++) statuses.push((await attempt(server)).status);
  return statuses;
}

test('an address registers six hundred accounts at once, then one a second', async () => {
  const clock = new ManualClock();
  const server = await TestServer.start({ clock });
  expect(new Set(await attempts(server, 600))).toEqual(new Set([409]));
  const refused = await attempt(server);
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } as never });
  expect(refused.headers.get('retry-after')).toBe('1');
  clock.advance(1000);
  expect(await attempts(server, 2)).toEqual([409, 429]);
  await server.stop();
});

test('without limits as many as anybody likes', async () => {
  const server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
  expect(new Set(await attempts(server, 605))).toEqual(new Set([409]));
  await server.stop();
});
