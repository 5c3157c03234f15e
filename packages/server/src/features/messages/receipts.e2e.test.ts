import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Chat, type ChatMember, type MessagePage, Receipts } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('receipts on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let cid: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  async function group(): Promise<Chat> {
    [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    return ann.group('Receipts', bob, cid);
  }
  const status = async (chat: Chat, id: number) => {
    const path = `/api/messages/${chat.id}?around=${id}&limit=1`;
    return (await ann.must<MessagePage>('GET', path)).items[0]?.status;
  };
  const read = (user: TestUser, id: number) => user.must('POST', `/api/messages/${id}/read`);

  test('a message is sent, then delivered once all others have it, then read once all read it', async () => {
    const chat = await group();
    const { id, status: first } = await ann.send(chat.id, 'hello');
    expect(first).toBe('sent');
    await bob.must('GET', `/api/messages/${chat.id}`);
    expect(await status(chat, id)).toBe('sent');
    await cid.must('GET', `/api/messages/${chat.id}`);
    expect(await status(chat, id)).toBe('delivered');
    await read(bob, id);
    expect(await status(chat, id)).toBe('delivered');
    await read(cid, id);
    expect(await status(chat, id)).toBe('read');
  });

  test('whoever it concerns is told: senders, not the reader', async () => {
    const chat = await group();
    const message = await ann.send(chat.id, 'hello');
    const [a, b, c] = [await ann.connect(), await bob.connect(), await cid.connect()];
    await read(bob, message.id);
    const told = await a.event('message_status', (frame) => frame.read_message_id !== null);
    expect(told).toEqual({
      type: 'message_status',
      chat_id: chat.id,
      user_id: bob.id as never,
      delivered_message_id: message.id,
      read_message_id: message.id,
    });
    await Promise.all([b.settled(), c.settled()]);
    expect([...b.all('message_status'), ...c.all('message_status')]).toEqual([]);
  });

  test('reading a message reads everything before it, and nothing is ever unread again', async () => {
    const chat = await group();
    const sent = [];
    for (const text of ['one', 'two', 'three']) sent.push(await ann.send(chat.id, text));
    await read(bob, sent[1]?.id ?? 0);
    await read(bob, sent[0]?.id ?? 0);
    const members = await ann.must<{ items: ChatMember[] }>('GET', `/api/chats/${chat.id}/members`);
    const member = members.items.find((each) => each.user_id === (bob.id as never));
    expect(member).toMatchObject({
      last_read_message_id: sent[1]?.id,
      last_delivered_message_id: sent[1]?.id,
    } as never);
  });

  test('who received and who read is told by name and time', async () => {
    const chat = await group();
    const message = await ann.send(chat.id, 'hello');
    const receipts = async (user: TestUser) => {
      const body = await user.must<Receipts>('GET', `/api/messages/${message.id}/receipts`);
      expect(Receipts.parse(body)).toEqual(body);
      return body;
    };
    expect(await receipts(ann)).toEqual({ delivered: [], read: [] });
    await cid.must('GET', `/api/messages/${chat.id}`);
    await read(bob, message.id);
    const { delivered, read: readBy } = await receipts(cid);
    const ids = delivered.map((mark) => mark.user_id as number);
    expect(ids.sort()).toEqual([bob.id, cid.id].sort());
    expect(readBy).toEqual([{ user_id: bob.id as never, at: expect.any(String) }]);
    for (const mark of [...delivered, ...readBy]) {
      expect(Math.abs(Date.parse(mark.at ?? '') - Date.now())).toBeLessThan(60_000);
    }
  });

  test('a plain connection takes delivery by taking the bytes', async () => {
    const chat = await group();
    const [a, b, c] = [await ann.connect(), await bob.connect(), await cid.connect()];
    const message = await ann.send(chat.id, 'hello');
    await Promise.all([b.event('new_message'), c.event('new_message')]);
    const passed = (user: TestUser) =>
      a.event(
        'message_status',
        (f) => f.user_id === user.id && f.delivered_message_id === message.id,
      );
    await Promise.all([passed(bob), passed(cid)]);
    expect(await status(chat, message.id)).toBe('delivered');
  });

  test('a confab.v1 connection confirms by itself: without that nothing is delivered', async () => {
    const chat = await group();
    const a = await ann.connect();
    const [b, c] = [await bob.connect({ confirms: true }), await cid.connect({ confirms: true })];
    expect(b.ws.protocol).toBe('confab.v1');
    const message = await ann.send(chat.id, 'hello');
    await Promise.all([b.event('new_message'), c.event('new_message')]);
    await c.request('message_delivered', { chat_id: chat.id, message_id: message.id });
    await a.event('message_status', (frame) => frame.user_id === cid.id);
    expect(a.all('message_status').map((frame) => frame.user_id as number)).toEqual([cid.id]);
    expect(await status(chat, message.id)).toBe('sent');
    const fields = { chat_id: chat.id, message_id: message.id };
    expect(await b.request('message_delivered', fields)).toMatchObject({ type: 'ack' });
    await a.event('message_status', (frame) => frame.user_id === bob.id);
    expect(await status(chat, message.id)).toBe('delivered');
  });

  test('syncing a confirming connection delivers nothing, syncing a plain one does', async () => {
    const chat = await group();
    const message = await ann.send(chat.id, 'hello');
    const b = await bob.connect({ confirms: true });
    await b.request('sync', { chats: {} });
    const receipts = () =>
      ann.must<Receipts>('GET', `/api/messages/${message.id}/receipts`).then((r) => r.delivered);
    expect(await receipts()).toEqual([]);
    const c = await cid.connect();
    await c.request('sync', { chats: {} });
    expect((await receipts()).map((mark) => mark.user_id as number)).toEqual([cid.id]);
  });

  test('message_read over WebSocket is the same as over REST', async () => {
    const chat = await group();
    const message = await ann.send(chat.id, 'hello');
    const b = await bob.connect();
    const fields = { chat_id: chat.id, message_id: message.id };
    expect(await b.request('message_read', fields)).toMatchObject({ type: 'ack' });
    expect(await b.event('unread')).toMatchObject({ chat_id: chat.id, unread_count: 0 });
    const { unread_count, last_read_message_id } = await bob.must<Chat>(
      'GET',
      `/api/chats/${chat.id}`,
    );
    expect([unread_count, last_read_message_id as number]).toEqual([0, message.id]);
  });

  test('a watermark never stands beyond the newest message nor in another chat', async () => {
    const chat = await group();
    const other = await ann.group('Other', bob);
    const [here, there] = [await ann.send(chat.id, 'here'), await ann.send(other.id, 'there')];
    const b = await bob.connect();
    for (const message_id of [there.id, here.id + 1_000_000]) {
      const answer = await b.request('message_read', { chat_id: chat.id, message_id });
      expect(answer).toMatchObject({ type: 'error', code: 'not_found' });
    }
    expect((await bob.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count).toBe(1);
  });

  test('survive a restart', async () => {
    const chat = await group();
    const message = await ann.send(chat.id, 'hello');
    await bob.must('GET', `/api/messages/${chat.id}`);
    await cid.must('GET', `/api/messages/${chat.id}`);
    await read(bob, message.id);
    await server.restart();
    await eventually(async () => (await status(chat, message.id)) === 'delivered', 'the status');
    await read(cid, message.id);
    expect(await status(chat, message.id)).toBe('read');
  });
});

test('whoever answers has read what came before, and its sender is told', async () => {
  const server = await TestServer.start();
  const [alice, bob] = [await server.user('alice'), await server.user('bob')];
  const chat = await alice.direct(bob);
  const socket = await alice.connect();
  const question = await alice.send(chat.id, 'Are you there?');
  await bob.send(chat.id, 'Yes');
  const status = await socket.event('message_status', (frame) => frame.read_message_id !== null);
  expect(status.user_id as number).toBe(bob.id);
  expect(status.read_message_id as number).toBeGreaterThanOrEqual(question.id);
  await server.stop();
});
