import { expect, test } from 'bun:test';
import { RATES } from '@confab/protocol';
import { ManualClock } from '../testing/manual-clock';
import { TestServer } from '../testing/server';
import { call, PASSWORD } from '../testing/user';

const BAD = 'x'.repeat(64);

async function withServer(
  run: (server: TestServer, clock: ManualClock) => Promise<void>,
  env: Record<string, string> = {},
) {
  const clock = new ManualClock(Date.now());
  const server = await TestServer.start({ clock, env: { TRUSTED_PROXIES: '127.0.0.1', ...env } });
  try {
    await run(server, clock);
  } finally {
    await server.stop();
  }
}

/** Sends bad bodies until one is refused unread. @returns its status and code */
async function exhaust(send: () => Promise<Response>) {
  for (let sent = 0; sent <= RATES.badBodies.burst; sent++) {
    const answer = await send();
    const { code } = (await answer.json()) as { code: string };
    if (code !== 'invalid_json') return [answer.status, code];
  }
  return [];
}

const REFUSED = [429, 'rate_limited'];

test('an address that sends many bad bodies waits before the next is read; others do not', () =>
  withServer(async (server, clock) => {
    const ann = await server.user('ann');
    const from = (ip: string, body: string) =>
      fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'x-forwarded-for': ip },
        body,
      });
    const good = JSON.stringify({ username: ann.username, password: PASSWORD });
    expect(await exhaust(() => from('2001:db8::1', BAD))).toEqual(REFUSED);
    const refused = await from('2001:db8::2', good);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('2001:db8:0:1::1', good)).status).toBe(200);
    // Who is signed in pays for themselves, wherever they are.
    const token = { token: ann.token, body: { full_name: 'Ann' } };
    expect((await call(server.url, 'PUT', '/api/auth/me', token)).status).toBe(200);
    clock.advance(2_000);
    expect((await from('2001:db8::2', good)).status).toBe(200);
  }));

test('a user who sends many bad bodies waits; large ones count for more', () =>
  withServer(async (server) => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    let sent = 0;
    const large = () => {
      sent++;
      return ann.fetch('/api/sync', { method: 'POST', body: BAD.padEnd(500_000) });
    };
    expect(await exhaust(large)).toEqual(REFUSED);
    expect(sent).toBeLessThan(30);
    expect((await bob.call('POST', '/api/sync', { chats: {} })).status).toBe(200);
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(200);
  }));

test('without limits nobody waits', () =>
  withServer(
    async (server) => {
      const ann = await server.user('ann');
      const send = () => ann.fetch('/api/sync', { method: 'POST', body: BAD });
      expect(await exhaust(send)).toEqual([]);
    },
    { RATE_LIMITS: 'off' },
  ));
