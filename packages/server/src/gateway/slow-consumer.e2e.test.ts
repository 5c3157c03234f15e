import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { SyncAnswer } from '@confab/protocol';
import { RawSocket } from '../testing/raw-socket';
import { TestServer } from '../testing/server';

/** More than the system's buffers take between a server and a client that does not read. */
const MESSAGES = 1200;
const CONTENT = 'x'.repeat(16_000);

describe('a connection that does not read', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  test('is closed with 4008 while the others get everything in order; sync heals it', async () => {
    const [ann, bob, cid] = await Promise.all(['ann', 'bob', 'cid'].map((n) => server.user(n)));
    if (!ann || !bob || !cid) throw new Error();
    const chat = await ann.group('Busy', bob, cid);
    const slow = await RawSocket.dial(server.url, `/ws/${cid.token}`);
    const ready = await slow.event('ready');
    slow.pause();
    const [a, b] = [await ann.connect(), await bob.connect()];
    const cut = () => server.services.hub.connectionsOf(cid.id);
    let sent = 0;
    const burst = async () => {
      for (let i = 0; i < 50; i++) {
        a.send({ type: 'send_message', chat_id: chat.id, content: `${++sent} ${CONTENT}` });
      }
      await b.until(() => b.all('new_message').length === sent, `message ${sent}`);
      await a.until(() => a.all('new_message').length === sent, `message ${sent}`);
    };
    // In bursts that the sender's own connection keeps up with, until the slow one was cut.
    while (sent < MESSAGES && [...cut()].some((connection) => !connection.closing)) await burst();
    expect(sent).toBeLessThan(MESSAGES);
    // What was on its way then may still arrive; of this it hears nothing.
    await burst();
    const seqs = b.all('new_message').map((frame) => frame.message.seq);
    expect(seqs).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
    slow.resume();
    expect(await slow.closed()).toBe(4008);
    const heard = slow.frames.filter((frame) => frame.type === 'new_message').length;
    expect(heard).toBeLessThan(sent);
    const known = { chats: { [chat.id]: (ready.chats[chat.id] ?? 0) + heard }, epoch: ready.epoch };
    const { chats } = await cid.must<SyncAnswer>('POST', '/api/sync', known);
    const missed = chats[chat.id]?.messages.map((message) => message.seq);
    expect(missed).toEqual(Array.from({ length: sent - heard }, (_, i) => heard + 1 + i));
  });
});
