import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Chat, Message, type MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('sending on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let chat: Chat;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    chat = await ann.direct(bob);
  });
  afterAll(() => server.stop());

  /** Time for the limiter to forgive what the tests before sent. */
  const rested = () => clock.advance(3000);
  const post = (body: unknown) => ann.call('POST', `/api/messages/${chat.id}`, body);

  test('is answered, shown live and stored alike', async () => {
    rested();
    const [phone, socket] = [await (await ann.signIn()).connect(), await bob.connect()];
    const client_message_id = crypto.randomUUID();
    const answer = await ann.call<Message>('POST', `/api/messages/${chat.id}`, {
      content: 'hello <b>&amp;</b> 👋',
      client_message_id,
    });
    expect(answer.status).toBe(201);
    expect(Message.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({
      content: 'hello <b>&amp;</b> 👋',
      client_message_id,
      created_at: new Date(clock.now()).toISOString(),
    });
    for (const each of [phone, socket]) {
      expect((await each.event('new_message')).message).toEqual(answer.body);
    }
    const page = await ann.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=1`);
    expect(page.items).toEqual([answer.body]);
    const { last_message } = await bob.must<Chat>('GET', `/api/chats/${chat.id}`);
    expect({ ...last_message, status: 'sent' }).toEqual(answer.body as never);
  });

  test('by command is acknowledged after the sender’s own new_message', async () => {
    rested();
    const socket = await ann.connect();
    const ack = await socket.request('send_message', { chat_id: chat.id, content: 'hi' });
    const { message } = await socket.event('new_message');
    expect(ack).toEqual({
      type: 'ack',
      request_id: 'r1',
      message_id: message.id,
      seq: message.seq,
      rev: message.rev,
      created_at: message.created_at,
      duplicate: false,
    } as never);
  });

  test('without a request_id is answered by errors alone', async () => {
    rested();
    const socket = await ann.connect();
    socket.send({ type: 'send_message', chat_id: chat.id, content: 'quiet' });
    await socket.event('new_message');
    socket.send({ type: 'send_message', chat_id: chat.id, content: '' });
    const error = await socket.event('error');
    expect(error).toMatchObject({ code: 'invalid', temporary: false, detail: expect.any(String) });
    expect(error.request_id).toBeUndefined();
    await socket.settled();
    expect(socket.all('ack')).toHaveLength(1);
  });

  test.each([
    ['message_type', 'image'],
    ['content_type', 'video'],
    ['content_type', 'audio'],
    ['message_type', 'file'],
  ])('with %s %s may be without words: the file comes after', async (field, type) => {
    rested();
    const message = await ann.send(chat.id, '', { [field]: type });
    expect(message).toMatchObject({ content: '', content_type: type as never, media: [] });
  });

  test.each([
    [{ content: '' }],
    [{ content: ' \n\t ' }],
    [{}],
    [{ content: 5 }],
    [{ content: null }],
    [{ content: 'x', message_type: 'system' }],
    [{ content: 'x', content_type: 'shout' }],
    [{ content: 'NUL \u0000' }],
    [{ content: 'lone \ud83d' }],
    [{ content: 'x', media_ids: 'all' }],
    [[]],
    ['text'],
  ])('%j is refused with 422', async (body) => {
    rested();
    const answer = await post(JSON.stringify(body));
    expect(answer.body).toMatchObject({ status: 422, code: 'invalid' });
  });

  test('of a file that is not there is 404', async () => {
    rested();
    expect((await post({ content: 'x', media_ids: [7] })).body).toMatchObject({ status: 404 });
  });

  test.each([
    ['x', 16_384],
    ['é', 8_192],
    ['👍', 4_096],
  ] as const)('takes 16 KiB of UTF-8 and not a byte more: %s', async (letter, times) => {
    rested();
    const whole = letter.repeat(times);
    expect((await ann.send(chat.id, whole)).content).toBe(whole);
    const refused = await post({ content: `${whole}x` });
    expect(refused.body).toMatchObject({ status: 413, code: 'too_large' });
    const socket = await ann.connect();
    const live = await socket.request('send_message', { chat_id: chat.id, content: `${whole}x` });
    expect(live).toMatchObject({ type: 'error', code: 'too_large' });
    socket.close();
  });

  test('is limited to 60 at once and 20 a second, per user', async () => {
    rested();
    const socket = await ann.connect();
    const send = () => socket.request('send_message', { chat_id: chat.id, content: 'x' });
    for (let i = 0; i < 60; i++) expect((await send()).type).toBe('ack');
    expect(await send()).toMatchObject({
      type: 'error',
      code: 'rate_limited',
      temporary: true,
      retry_after_s: 0.05,
    });
    const rest = await post({ content: 'x' });
    expect([rest.status, rest.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await bob.call('POST', `/api/messages/${chat.id}`, { content: 'x' })).status).toBe(201);
    clock.advance(1000);
    const answers = [];
    for (let i = 0; i < 21; i++) answers.push((await send()).type);
    expect(answers).toEqual([...Array(20).fill('ack'), 'error']);
  });

  test('of many at once by both keeps places dense and each connection’s order', async () => {
    rested();
    const group = await ann.group('Order', bob);
    const [a, b] = [await ann.connect(), await bob.connect()];
    for (let n = 0; n < 25; n++) {
      a.send({ type: 'send_message', chat_id: group.id, content: `a${n}` });
      b.send({ type: 'send_message', chat_id: group.id, content: `b${n}` });
    }
    for (const socket of [a, b]) {
      await socket.until(() => socket.all('new_message').length === 50, 'all messages');
      const messages = socket.all('new_message').map((frame) => frame.message);
      expect(messages.map((message) => message.seq)).toEqual(
        Array.from({ length: 50 }, (_, i) => i + 1),
      );
      for (const who of ['a', 'b']) {
        const own = messages.filter((message) => message.content.startsWith(who));
        expect(own.map((message) => message.content)).toEqual(
          Array.from({ length: 25 }, (_, n) => `${who}${n}`),
        );
      }
    }
  });
});
