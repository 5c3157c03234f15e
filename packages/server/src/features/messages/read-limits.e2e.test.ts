import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type Message, RATES } from '@confab/protocol';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';

const clock = new ManualClock(Date.now());
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ clock });
});
afterAll(() => server.stop());

test('an app that scrolls fast is let, one that asks without end waits; other users do not', async () => {
  const [ann, bob] = [await server.user('ann'), await server.user('bob')];
  const chat = await ann.group('Hiking', bob);
  const message = await ann.must<Message>('POST', `/api/messages/${chat.id}`, { content: 'hi' });
  const page = `/api/messages/${chat.id}`;
  const paths = [page, `/api/messages/${message.id}/receipts`, '/api/messages/search?q=hi'];
  for (let asked = 0; asked < RATES.reads.burst; asked++) {
    expect((await ann.call('GET', asked < 280 ? page : (paths[asked % 3] ?? ''))).status).toBe(200);
  }
  for (const path of paths) {
    expect((await ann.call('GET', path)).body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect((await bob.call('GET', path)).status).toBe(200);
  }
  clock.advance(1000);
  for (let asked = 0; asked < RATES.reads.rate; asked++) {
    expect((await ann.call('GET', page)).status).toBe(200);
  }
});
