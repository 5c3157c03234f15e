import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { OPCODE, RawSocket } from '../testing/raw-socket';
import { TestServer } from '../testing/server';
import type { TestSocket } from '../testing/socket';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

const KIB = 1024;

describe('frames that no good client sends', () => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let chat: Chat;
  let witness: TestSocket;
  beforeAll(async () => {
    server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    chat = await ann.direct(bob);
    witness = await bob.connect();
  });
  afterAll(() => server.stop());

  async function raw(): Promise<RawSocket> {
    const socket = await RawSocket.dial(server.url, `/ws/${ann.token}`);
    await socket.event('ready');
    return socket;
  }
  let count = 0;
  /** The others are served as before, by REST and live. */
  async function serverIsWell() {
    const content = `well ${++count}`;
    await ann.send(chat.id, content);
    await witness.event('new_message', (frame) => frame.message.content === content);
  }
  /** The connection is, too. */
  async function lives(socket: RawSocket) {
    socket.sendJson({ type: 'ping', request_id: 'alive' });
    await socket.until(
      () => socket.frames.some((f) => f.type === 'ack' && f.request_id === 'alive'),
      'the ack',
    );
    socket.destroy();
  }

  test('binary: 4400', async () => {
    const socket = await raw();
    socket.sendFrame(OPCODE.binary, JSON.stringify({ type: 'ping' }));
    expect(await socket.closed()).toBe(4400);
    await serverIsWell();
  });

  test.each([
    ['a byte over the limit', 64 * KIB + 1],
    ['a mebibyte', 1024 * KIB],
  ])('%s: 1009', async (_, size) => {
    const socket = await raw();
    socket.sendFrame(OPCODE.text, 'x'.repeat(size));
    expect(await socket.closed()).toBe(1009);
    await serverIsWell();
  });

  test('of 64 KiB are read, counted in bytes', async () => {
    const socket = await raw();
    const frame = JSON.stringify({ type: 'ping', request_id: 'big', padding: '' });
    const padding = 'é'.repeat((64 * KIB - frame.length) / 2 - 1);
    const odd = (64 * KIB - frame.length) % 2 ? 'x' : '';
    socket.sendJson({ type: 'ping', request_id: 'big', padding: `${padding}${odd}xx` });
    expect(await socket.event('ack')).toMatchObject({ request_id: 'big' });
    socket.sendJson({ type: 'ping', request_id: 'big', padding: `${padding}${odd}xxx` });
    expect(await socket.closed()).toBe(1009);
  });

  test('a size that nobody can mean ends the connection before it is read', async () => {
    const socket = await raw();
    socket.sendFrame(OPCODE.text, 'x', { claim: 2 ** 40 });
    await socket.closed();
    await serverIsWell();
  });

  const refused: [title: string, text: string, code: string][] = [
    ['nothing', '', 'invalid_json'],
    ['half of an object', '{"type":"ping"', 'invalid_json'],
    ['no JSON', 'hello', 'invalid_json'],
    ['null', 'null', 'invalid'],
    ['a list', '[{"type":"ping"}]', 'invalid'],
    ['a number', '1e999', 'invalid'],
    ['a text', '"ping"', 'invalid'],
    ['no type', '{}', 'unknown_type'],
    ['a type that is no text', '{"type":{"ping":1}}', 'unknown_type'],
    ['an unknown type', '{"type":"shutdown"}', 'unknown_type'],
    ['an event of the server', '{"type":"new_message","message":{}}', 'unknown_type'],
    ['__proto__ as a type', '{"type":"__proto__"}', 'unknown_type'],
    ['constructor as a type', '{"type":"constructor"}', 'unknown_type'],
    ['a request_id too long', `{"type":"ping","request_id":"${'x'.repeat(65)}"}`, 'invalid'],
    ['a request_id that is no text', '{"type":"ping","request_id":7}', 'invalid'],
    ['a missing field', '{"type":"send_message","content":"x"}', 'invalid'],
    ['a field of a wrong type', '{"type":"typing_start","chat_id":"1"}', 'invalid'],
    ['an id that is too large', '{"type":"typing_start","chat_id":9007199254740993}', 'invalid'],
    ['no emoji', '{"type":"reaction_add","message_id":1,"emoji":"x"}', 'invalid'],
  ];

  test.each(refused)(
    '%s is answered by an error, and the connection lives',
    async (_, text, code) => {
      const socket = await raw();
      socket.sendFrame(OPCODE.text, text);
      expect(await socket.event('error')).toMatchObject({ code, temporary: false } as never);
      await lives(socket);
    },
  );

  test('an error carries the request_id of its frame and names the field', async () => {
    const socket = await raw();
    socket.sendJson({ type: 'typing_start', request_id: 'r7', chat_id: 'x' });
    expect(await socket.event('error')).toMatchObject({
      request_id: 'r7',
      code: 'invalid',
      errors: [{ path: 'chat_id', message: expect.any(String) }],
    });
    socket.destroy();
  });

  test.each([
    ['lists', '['.repeat(60_000)],
    ['closed lists', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['objects', '{"a":'.repeat(12_000)],
    ['lists in a field', `{"type":"ping","x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    [
      'lists where a chat is',
      `{"type":"typing_start","chat_id":${'['.repeat(9e3)}${']'.repeat(9e3)}}`,
    ],
  ])('deep %s harm nobody', async (_, text) => {
    const socket = await raw();
    socket.sendFrame(OPCODE.text, text);
    await lives(socket);
    await serverIsWell();
  });

  test('__proto__ and constructor in a frame change nothing', async () => {
    const socket = await raw();
    const evil = '"__proto__":{"content":"evil","admin":true},"constructor":{"prototype":{"a":1}}';
    socket.sendFrame(
      OPCODE.text,
      `{"type":"send_message","request_id":"p","chat_id":${chat.id},${evil}}`,
    );
    expect(await socket.event('error')).toMatchObject({ request_id: 'p', code: 'invalid' });
    socket.sendFrame(OPCODE.text, `{"type":"sync","request_id":"s","chats":{"__proto__":{"x":1}}}`);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(({} as Record<string, unknown>).a).toBeUndefined();
    await lives(socket);
    await serverIsWell();
  });

  test('many keys harm nobody', async () => {
    const socket = await raw();
    const chats = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [i + 1e6, 1]));
    socket.sendJson({ type: 'sync', request_id: 's', chats });
    const ack = await socket.event('ack');
    expect((ack as unknown as { removed: number[] }).removed).toHaveLength(5000);
    await lives(socket);
  });

  test('in fragments are put together, with a ping between them', async () => {
    const socket = await raw();
    const text = JSON.stringify({ type: 'ping', request_id: 'f' });
    socket.sendFrame(OPCODE.text, text.slice(0, 5), { fin: false });
    socket.sendFrame(OPCODE.ping, 'x');
    socket.sendFrame(OPCODE.continuation, text.slice(5, 9), { fin: false });
    socket.sendFrame(OPCODE.continuation, text.slice(9));
    expect(await socket.event('ack')).toMatchObject({ request_id: 'f' });
    expect(socket.pongs).toBe(1);
    await lives(socket);
  });

  test('in fragments that are too large together: 1009', async () => {
    const socket = await raw();
    socket.sendFrame(OPCODE.text, 'x'.repeat(40 * KIB), { fin: false });
    socket.sendFrame(OPCODE.continuation, 'x'.repeat(40 * KIB));
    expect(await socket.closed()).toBe(1009);
    await serverIsWell();
  });

  test.each([
    ['a continuation of nothing', (s: RawSocket) => s.sendFrame(OPCODE.continuation, 'x')],
    ['a reserved opcode', (s: RawSocket) => s.sendFrame(3, 'x')],
    ['text that is no UTF-8', (s: RawSocket) => s.sendFrame(OPCODE.text, new Uint8Array([0xff]))],
    ['a huge ping', (s: RawSocket) => s.sendFrame(OPCODE.ping, 'x'.repeat(126))],
    ['bare bytes', (s: RawSocket) => s.write('GET / HTTP/1.1\r\n\r\n'.repeat(50))],
  ])('%s ends the connection and harms nobody', async (_, send) => {
    const socket = await raw();
    send(socket);
    await socket.closed();
    await serverIsWell();
  });

  test('a connection that stops in the middle of a frame is let go', async () => {
    const socket = await raw();
    const before = server.services.hub.connectionCount;
    socket.sendFrame(OPCODE.text, 'x', { claim: 1000 });
    socket.destroy();
    await eventually(() => server.services.hub.connectionCount < before, 'the end');
    await serverIsWell();
  });
});
