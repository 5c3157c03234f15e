import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Message, type MessagePage, type SearchPage } from '@confab/protocol';
import { mustFit, readEnvelope } from '../../../../client/src/e2ee/messages/envelope';
import { openMessage, verifyMessage } from '../../../../client/src/e2ee/messages/message';
import { DIALECTS } from '../../testing/databases';
import { EncryptedUser, reuseKeys } from '../../testing/encryption-world';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)('encrypted messages on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());
  beforeEach(reuseKeys);

  async function pair() {
    const [ann, bob] = await Promise.all(
      ['ann', 'bob'].map(async (name) => EncryptedUser.create(await server.user(name))),
    );
    if (!ann || !bob) throw new Error('Nobody came');
    const chat = await ann.group('Secret', bob);
    const key = await ann.postEpoch(chat.id, 1, [ann, bob]);
    return { ann, bob, chat, key };
  }
  type Pair = Awaited<ReturnType<typeof pair>>;
  const uuid = () => crypto.randomUUID();
  const text = (words: string) => ({ kind: 'message' as const, text: words });

  async function sendOf({ ann, chat, key }: Pair, change: object = {}, words = 'Hello') {
    const client_message_id = uuid();
    const place = { chat: chat.id, epoch: 1, client_message_id, ...change };
    return { client_message_id, envelope: await ann.seal(key, place, text(words)) };
  }

  test('reach the other side as they were sealed, and open there', async () => {
    const world = await pair();
    const { ann, bob, chat, key } = world;
    const socket = await bob.user.connect();
    const body = await sendOf(world, {}, 'Hello Bob');
    const sent = await ann.user.must<Message>('POST', `/api/messages/${chat.id}`, body);
    expect(Message.parse(sent)).toEqual(sent);
    expect(sent).toMatchObject({ content: '', is_encrypted: true, content_type: 'text' });
    const { message } = await socket.event('new_message', (frame) => frame.message.id === sent.id);
    const page = await bob.user.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    for (const delivered of [message, page.items.at(-1)]) {
      expect(delivered?.envelope).toEqual(body.envelope);
      const { envelope, header } = readEnvelope(delivered?.envelope);
      mustFit(header, {
        chat: chat.id,
        from: ann.user.id,
        clientMessageId: body.client_message_id,
        isEdited: false,
      });
      await verifyMessage(envelope, ann.device.signing.publicKey);
      expect(await openMessage(envelope, header, key)).toMatchObject({ text: 'Hello Bob' });
    }
    const last = await bob.user.must<{ last_message: Message }>('GET', `/api/chats/${chat.id}`);
    expect(last.last_message.envelope).toEqual(body.envelope);
  });

  test('are sent over sockets too, once per client_message_id', async () => {
    const world = await pair();
    const socket = await world.ann.user.connect();
    const body = await sendOf(world);
    const frame = { type: 'send_message', chat_id: world.chat.id, ...body };
    socket.send({ ...frame, request_id: 'one' });
    const first = await socket.event('ack', (ack) => ack.request_id === 'one');
    socket.send({ ...frame, request_id: 'two' });
    const second = await socket.event('ack', (ack) => ack.request_id === 'two');
    expect(second).toMatchObject({ message_id: first.message_id, duplicate: true } as object);
  });

  test('are the only ones that an encrypted chat takes, and no other chat takes', async () => {
    const world = await pair();
    const { ann, chat } = world;
    const send = (body: object, chatId: number = chat.id) =>
      ann.user.call('POST', `/api/messages/${chatId}`, body);
    const body = await sendOf(world);
    expect(await send({ content: 'Plain' })).toMatchObject({
      status: 422,
      body: { code: 'envelope_required' },
    });
    const plain = await ann.user.group('Plain');
    const envelope = (await sendOf(world, { chat: plain.id })).envelope;
    for (const [wrong, chatId] of [
      [{ ...body, content: 'and a text' }, chat.id],
      [{ envelope: body.envelope }, chat.id],
      [{ ...body, envelope }, plain.id],
    ] as const) {
      expect(await send(wrong, chatId)).toMatchObject({ status: 422, body: { code: 'invalid' } });
    }
  });

  test('fit their place: chat, sender, id, device, and no edit', async () => {
    const world = await pair();
    const { ann, bob, chat } = world;
    const other = await ann.group('Other', bob);
    const changes = [
      { chat: other.id },
      { from: bob.user.id },
      { client_message_id: uuid() },
      { device: bob.device.deviceId },
      { device: 'A'.repeat(22) },
      { edits: uuid() },
    ];
    for (const change of changes) {
      const { envelope } = await sendOf(world, change);
      const body = { ...(await sendOf(world)), envelope };
      const answer = await ann.user.call('POST', `/api/messages/${chat.id}`, body);
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    }
    const good = await sendOf(world);
    for (const h of ['e30', 'bnVsbA', '____', 'x']) {
      const body = { ...good, envelope: { ...good.envelope, h } };
      expect((await ann.user.call('POST', `/api/messages/${chat.id}`, body)).status).toBe(422);
    }
    const replayed = await bob.user.call('POST', `/api/messages/${chat.id}`, good);
    expect(replayed.status).toBe(422);
    const large = { ...good, envelope: { ...good.envelope, c: 'A'.repeat(25_000) } };
    expect((await ann.user.call('POST', `/api/messages/${chat.id}`, large)).status).toBe(413);
    const page = await ann.user.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(page.items).toEqual([]);
  });

  test('are refused under an epoch that is not the newest, or is stale', async () => {
    const { ann, bob, chat, key } = await pair();
    const stale = { status: 409, body: { code: 'stale_epoch' } };
    expect(await ann.say(chat.id, 2, key, 'Too new')).toMatchObject(stale as object);
    expect((await ann.say(chat.id, 1, key, 'Good')).status).toBe(201);
    const second = await ann.postEpoch(chat.id, 2, [ann, bob]);
    expect(await ann.say(chat.id, 1, key, 'Too old')).toMatchObject(stale as object);
    expect((await ann.say(chat.id, 2, second, 'Good')).status).toBe(201);
    await bob.addDevice();
    expect(await ann.say(chat.id, 2, second, 'Stale')).toMatchObject(stale as object);
    const third = await ann.postEpoch(chat.id, 3, [ann, bob]);
    expect((await ann.say(chat.id, 3, third, 'Good')).status).toBe(201);
    await ann.user.must('DELETE', `/api/chats/${chat.id}/members/${bob.user.id}`);
    expect(await ann.say(chat.id, 3, third, 'Stale')).toMatchObject(stale as object);
  });

  test('are edited by an envelope that names them', async () => {
    const world = await pair();
    const { ann, bob, chat } = world;
    const body = await sendOf(world);
    const sent = await ann.user.must<Message>('POST', `/api/messages/${chat.id}`, body);
    const edit = (change: object, more: object = {}) =>
      sendOf(world, change, 'Hello!').then(({ envelope }) =>
        ann.user.call<Message>('PUT', `/api/messages/${sent.id}`, { envelope, ...more }),
      );
    expect((await edit({})).status).toBe(422);
    expect((await edit({ edits: uuid() })).status).toBe(422);
    expect((await edit({ edits: body.client_message_id }, { content: 'x' })).status).toBe(422);
    expect((await edit({ edits: body.client_message_id, epoch: 2 })).status).toBe(409);
    const plain = await ann.user.call('PUT', `/api/messages/${sent.id}`, { content: 'Hello' });
    expect(plain).toMatchObject({ status: 422, body: { code: 'envelope_required' } });
    const foreign = await bob.user.call('PUT', `/api/messages/${sent.id}`, {
      envelope: body.envelope,
    });
    expect(foreign.status).toBe(422);
    const socket = await bob.user.connect();
    const edited = await edit({ edits: body.client_message_id });
    expect(edited).toMatchObject({ status: 200, body: { is_edited: true, content: '' } });
    const { message } = await socket.event('message_updated');
    expect(message.envelope).toEqual(edited.body.envelope as never);
    expect(message.envelope).not.toEqual(body.envelope);
  });

  test('leave a tombstone without envelope, and are answered by quotes without text', async () => {
    const world = await pair();
    const { ann, chat } = world;
    const sent = await ann.user.must<Message>(
      'POST',
      `/api/messages/${chat.id}`,
      await sendOf(world),
    );
    const reply = { ...(await sendOf(world)), reply_to_id: sent.id };
    const answer = await ann.user.must<Message>('POST', `/api/messages/${chat.id}`, reply);
    expect(answer.reply_to).toMatchObject({ id: sent.id, content: '' });
    await ann.user.must('DELETE', `/api/messages/${sent.id}`);
    const page = await ann.user.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(page.items[0]).toMatchObject({ is_deleted: true, content: '' });
    expect(page.items[0]).not.toHaveProperty('envelope');
  });

  test('take no open reactions and wait for no time', async () => {
    const world = await pair();
    const { ann, chat } = world;
    const body = await sendOf(world);
    const sent = await ann.user.must<Message>('POST', `/api/messages/${chat.id}`, body);
    const refused = { status: 409, body: { code: 'client_side_only' } };
    const path = `/api/messages/${sent.id}/reactions/${encodeURIComponent('👍')}`;
    expect(await ann.user.call('PUT', path)).toMatchObject(refused);
    expect(await ann.user.call('DELETE', path)).toMatchObject(refused);
    const later = { ...(await sendOf(world)), chat_id: chat.id, send_at: '2099-01-01T00:00:00Z' };
    const soon = { ...later, send_at: new Date(Date.now() + 60_000).toISOString() };
    expect(await ann.user.call('POST', '/api/messages/scheduled', soon)).toMatchObject(refused);
    await ann.user.must('PUT', `/api/messages/${sent.id}/pin`);
  });

  test('are left out of search and told without words', async () => {
    const world = await pair();
    const { ann, bob, chat } = world;
    const socket = await bob.user.connect();
    const body = await sendOf(world, {}, `Hello @${bob.user.username}`);
    await ann.user.must('POST', `/api/messages/${chat.id}`, body);
    const told = await socket.event('notification', (frame) => frame.message_id !== null);
    expect(told).toMatchObject({ body: 'New message', chat_id: chat.id } as object);
    const found = await bob.user.must<SearchPage>('GET', '/api/messages/search?q=Hello');
    expect(found).toMatchObject({ items: [], encrypted_chats_excluded: 1 });
    expect(await bob.user.must('GET', '/api/notifications/count')).toMatchObject({
      mentions: 0,
    } as never);
  });

  test('catch up by sync', async () => {
    const world = await pair();
    const { ann, bob, chat } = world;
    const body = await sendOf(world);
    await ann.user.must('POST', `/api/messages/${chat.id}`, body);
    const answer = await bob.user.must<{ chats: Record<string, { messages: Message[] }> }>(
      'POST',
      '/api/sync',
      { chats: {} },
    );
    expect(answer.chats[chat.id]?.messages.at(-1)?.envelope).toEqual(body.envelope);
  });
});
