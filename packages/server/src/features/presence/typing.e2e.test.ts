import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';

describe('typing', () => {
  const clock = new ManualClock();
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let chat: Chat;
  let a: TestSocket;
  let b: TestSocket;
  beforeAll(async () => {
    server = await TestServer.start({ clock });
  });
  afterAll(() => server.stop());

  async function setUp() {
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    chat = await ann.group('Typing', bob);
    [a, b] = [await ann.connect(), await bob.connect()];
  }
  const start = () => a.request('typing_start', { chat_id: chat.id });
  const told = () =>
    b.frames.map((frame) => frame.type).filter((type) => type.startsWith('typing_'));

  test('is told to the others, with who and where', async () => {
    await setUp();
    expect((await start()).type).toBe('ack');
    expect(await b.event('typing_start')).toEqual({
      type: 'typing_start',
      chat_id: chat.id,
      user_id: ann.id as never,
      username: ann.username,
    });
    await a.request('typing_stop', { chat_id: chat.id });
    expect(await b.event('typing_stop')).toMatchObject({ chat_id: chat.id, user_id: ann.id });
    await a.settled();
    expect(a.frames.some((frame) => frame.type.startsWith('typing_'))).toBe(false);
  });

  test('ends by itself after six seconds without another start', async () => {
    await setUp();
    await start();
    clock.advance(5_999);
    await b.settled();
    expect(told()).toEqual(['typing_start']);
    clock.advance(1);
    await b.event('typing_stop');
  });

  test('goes on as long as the start is repeated, and is told once', async () => {
    await setUp();
    for (let i = 0; i < 4; i++) {
      await start();
      clock.advance(5_000);
    }
    await b.settled();
    expect(told()).toEqual(['typing_start']);
    clock.advance(1_000);
    await b.event('typing_stop');
    expect(told()).toEqual(['typing_start', 'typing_stop']);
  });

  test('ends with the message', async () => {
    await setUp();
    await start();
    await a.request('send_message', { chat_id: chat.id, content: 'done' });
    await b.event('typing_stop');
    clock.advance(10_000);
    await b.settled();
    expect(told()).toEqual(['typing_start', 'typing_stop']);
  });

  test('ends when the last connection closes', async () => {
    await setUp();
    const tablet = await (await ann.signIn()).connect();
    await start();
    a.close();
    await a.closed();
    await b.settled();
    expect(told()).toEqual(['typing_start']);
    tablet.close();
    await b.event('typing_stop');
  });

  test('ends for who is removed, and they hear of no typing any more', async () => {
    await setUp();
    const cid = await server.user('cid');
    await ann.must('POST', `/api/chats/${chat.id}/members`, { user_id: cid.id });
    const c = await cid.connect();
    await c.request('typing_start', { chat_id: chat.id });
    await b.event('typing_start');
    await ann.must('DELETE', `/api/chats/${chat.id}/members/${cid.id}`);
    expect(await b.event('typing_stop')).toMatchObject({ user_id: cid.id });
    await start();
    await b.event('typing_start', (frame) => frame.user_id === ann.id);
    await c.settled();
    expect(c.all('typing_start')).toEqual([]);
  });

  test('a stop without a start is no stir', async () => {
    await setUp();
    expect((await a.request('typing_stop', { chat_id: chat.id })).type).toBe('ack');
    await b.settled();
    expect(told()).toEqual([]);
  });

  test('is not stored: it changes no revision', async () => {
    await setUp();
    await start();
    expect((await bob.must<Chat>('GET', `/api/chats/${chat.id}`)).rev).toBe(1);
  });
});
