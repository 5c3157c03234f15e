import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import type { Chat, ServerFrame } from '@confab/protocol';
import { TestServer } from '../packages/server/src/testing/server';
import type { TestUser } from '../packages/server/src/testing/user';
import { eventually, Waiting } from '../packages/server/src/testing/waiting';
import { history } from './support/history';

/** Debian's, with its package python3-websockets. */
const PYTHON = '/usr/bin/python3';

const snippet = (name: string) =>
  readFileSync(new URL(`./snippets/${name}`, import.meta.url), 'utf8');

function hasPythonWebsockets(): boolean {
  try {
    return Bun.spawnSync([PYTHON, '-c', 'import websockets']).exitCode === 0;
  } catch {
    return false;
  }
}

/** Programs as the API's documentation prints them: nothing is changed but address and token. */
describe('the example', () => {
  let server: TestServer;
  let alice: TestUser;
  let chat: Chat;
  beforeAll(async () => {
    server = await TestServer.start();
    alice = await server.user('alice');
    // Both examples write into chat 1.
    chat = await alice.group('First');
    expect(chat.id as number).toBe(1);
  });
  afterAll(() => server.stop());

  const address = () => server.url.replace('http', 'ws');

  test('in JavaScript sends a message and hears of it', async () => {
    const bob = await server.user('bob');
    await alice.must('POST', `/api/chats/${chat.id}/members`, { user_id: bob.id });
    const listener = await bob.connect();
    const page = new Page(
      snippet('websocket.js.txt')
        .replace('ws://localhost:8000', address())
        .replace('{access_token}', alice.token),
    );
    const received = await page.received((frame) => frame.type === 'new_message');
    expect(received).toMatchObject({
      type: 'new_message',
      message: {
        chat_id: 1,
        sender_id: alice.id,
        sender_username: alice.username,
        content: 'Hello, world!',
        content_type: 'text',
      },
    });
    await listener.event('new_message', (frame) => frame.message.content === 'Hello, world!');
    page.close();
  });

  const withPython = process.env.CI === 'true' || hasPythonWebsockets();
  if (!withPython) console.log(`Skipped: ${PYTHON} cannot import websockets (python3-websockets).`);

  test.skipIf(!withPython)('in Python sends a message and prints the first answer', async () => {
    const script = snippet('websocket.py')
      .replace('ws://localhost:8000', address())
      .replace('your_jwt_token_here', alice.token);
    const python = Bun.spawn([PYTHON, '-c', script], { stdout: 'pipe', stderr: 'pipe' });
    const [printed, faults] = await Promise.all([
      new Response(python.stdout).text(),
      new Response(python.stderr).text(),
    ]);
    expect(faults).toBe('');
    expect(await python.exited).toBe(0);
    expect(printed).toContain("'type': 'ready'");
    expect(printed).toContain(`'user_id': ${alice.id}`);
    const sent = await eventually(
      async () => (await history(alice, chat.id)).find((m) => m.content === 'Test message'),
      'the message',
    );
    expect(sent).toMatchObject({ sender_id: alice.id as never, content_type: 'text' });
  });
});

/**
 * A page's console, into which somebody pastes the example a part at a time: as on every page, a
 * WebSocket can send once it is open.
 */
class Page {
  readonly #frames: ServerFrame[] = [];
  readonly #waiting = new Waiting();
  readonly #context: object;

  constructor(code: string) {
    const log = (label: string, frame: ServerFrame) => {
      if (label === 'Received:') this.#frames.push(frame);
      this.#waiting.changed();
    };
    this.#context = createContext({ WebSocket, console: { log }, JSON });
    const [connect = '', ...rest] = code.split(/^(?=\/\/ )/m);
    runInContext(connect, this.#context);
    const socket = runInContext('ws', this.#context) as WebSocket;
    socket.addEventListener('open', () => {
      for (const part of rest) runInContext(part, this.#context);
    });
  }

  received(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    return this.#waiting.until(
      () => this.#frames.find(fits),
      () => `Received: ${JSON.stringify(this.#frames)}`,
    );
  }

  close() {
    runInContext('ws.close()', this.#context);
  }
}
