import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type AddressInfo, connect, createServer } from 'node:net';
import { ConfabClient, MemoryStateStore, MemoryTokenStore } from '@confab/client';
import type { Chat } from '@confab/protocol';
import { TestServer } from '../packages/server/src/testing/server';
import type { TestUser } from '../packages/server/src/testing/user';
import { eventually } from '../packages/server/src/testing/waiting';

const CHATS = 520;
/** The place of a chat that is old by the time the others were made. */
const READ = 13;
/** Together far more than a connection may have unsent, 1 MiB. */
const LONG = { chats: 3, messages: 400, text: 'x'.repeat(15_000) };

let server: TestServer;
let ann: TestUser;
let bob: TestUser;
let chats: Chat[];

beforeAll(async () => {
  server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
  [ann, bob] = [await server.user('ann'), await server.user('bob')];
  chats = [];
  for (let n = 0; n < CHATS; n++) {
    const chat = await bob.group(`group ${n}`, ann);
    chats.push(chat);
    if (n === READ) await bob.send(chat.id, 'read me');
  }
  const socket = await bob.connect();
  for (const { id } of chats.slice(0, LONG.chats)) {
    for (let n = 0; n < LONG.messages; n += 50) {
      const burst = Array.from({ length: 50 }, () =>
        socket.request('send_message', { chat_id: id, content: LONG.text }),
      );
      await Promise.all(burst);
    }
  }
  socket.close();
}, 120_000);
afterAll(() => server.stop());

/** What lies between the server and an app with a slow connection: some 6 MB a second. */
async function slowLink(): Promise<{ url: string; stop: () => void }> {
  const { hostname, port } = new URL(server.url);
  const link = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port) });
    near.pipe(far);
    far.on('data', (data) => {
      far.pause();
      near.write(data);
      setTimeout(() => far.resume(), data.length / 6000);
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    for (const end of [near, far]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => void link.listen(0, '127.0.0.1', resolve));
  const address = link.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}`, stop: () => void link.close() };
}

/** Ann's app: what it keeps from one run to the next, and what it tells. */
const kept = { tokens: new MemoryTokenStore(), state: new MemoryStateStore() };
function app(url = server.url) {
  const client = new ConfabClient({ server: url, ...kept });
  const told: string[] = [];
  const note = (type: string) => (event: { chat_id: number }) =>
    told.push(`${type} ${event.chat_id}`);
  for (const type of ['chat_added', 'chat_removed', 'chat_reset'] as const) {
    client.on(type, note(type));
  }
  return { client, told };
}

const chatAt = (index: number): Chat => {
  const chat = chats[index];
  if (!chat) throw new Error(`no chat ${index}`);
  return chat;
};

test('an account of many chats, some of them long, is loaded at the first try, also slowly', async () => {
  const link = await slowLink();
  const { client, told } = app(link.url);
  const states: string[] = [];
  client.on('connection', ({ state }) => states.push(state.name));
  await client.login(ann.username, 'password');
  await client.connect();
  // A server that had too much unsent would have closed the connection by the time it answers.
  await client.joinChat(chatAt(0).id);
  expect(states).toEqual(['connecting', 'syncing', 'online']);
  expect(client.chats()).toHaveLength(CHATS);
  expect(told.sort()).toEqual(chats.map((chat) => `chat_added ${chat.id}`).sort());
  expect(client.messages(chatAt(0).id).at(-1)?.content).toBe(LONG.text);
  await client.close();
  link.stop();
}, 60_000);

test('after an absence it tells of each chat what became of it, also of the oldest', async () => {
  const [gone, dissolved, busy, read] = [chatAt(10), chatAt(11), chatAt(12), chatAt(READ)];
  await bob.must('DELETE', `/api/chats/${gone.id}/members/${ann.id}`);
  await bob.must('DELETE', `/api/chats/${dissolved.id}`);
  const joined = await bob.group('new', ann);
  for (let n = 0; n < 600; n += 50) {
    await Promise.all(Array.from({ length: 50 }, () => bob.send(busy.id, 'much')));
  }
  // On another device. It is the app's list of chats alone that tells of it.
  const { last_message } = await ann.must<Chat>('GET', `/api/chats/${read.id}`);
  await ann.must('POST', `/api/messages/${last_message?.id}/read`);

  const { client, told } = app();
  await client.load();
  expect(client.chat(read.id)?.unread_count).toBeGreaterThan(0);
  await client.connect();
  expect(told.sort()).toEqual(
    [
      `chat_added ${joined.id}`,
      `chat_removed ${gone.id}`,
      `chat_removed ${dissolved.id}`,
      `chat_reset ${busy.id}`,
    ].sort(),
  );
  expect(client.chat(gone.id)).toBeUndefined();
  expect(client.chat(busy.id)?.last_seq).toBe(600);
  await eventually(() => client.chat(read.id)?.unread_count === 0, 'what was read elsewhere');
  await client.close();
}, 60_000);
