import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, ServerFrame } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestSocket } from '../../testing/socket';
import type { TestUser } from '../../testing/user';

/** The revision that an event brings its chat to, if it is one of that chat's durable changes. */
function revOf(frame: ServerFrame, chatId: number): number | undefined {
  switch (frame.type) {
    case 'new_message':
    case 'message_updated':
    case 'message_deleted':
      return frame.message.chat_id === (chatId as never) ? frame.message.rev : undefined;
    case 'chat_updated':
      return frame.chat.id === (chatId as never) ? frame.chat.rev : undefined;
    case 'member_added':
    case 'member_updated':
    case 'member_removed':
      return frame.chat_id === (chatId as never) ? frame.rev : undefined;
    default:
      return undefined;
  }
}

describe.each(DIALECTS)('events on %s', (dialect) => {
  let server: TestServer;
  let [ann, bob, cid, dan]: TestUser[] = [];
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    const names = ['ann', 'bob', 'cid', 'dan'];
    [ann, bob, cid, dan] = await Promise.all(names.map((name) => server.user(name)));
  });
  afterAll(() => server.stop());

  const must = (user: TestUser | undefined) => user as TestUser;
  const revs = (socket: TestSocket, chatId: number) =>
    socket.frames.flatMap((frame) => revOf(frame, chatId) ?? []);
  const from = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);

  test('bring every member every revision of a chat, once and in order', async () => {
    const owner = must(ann);
    const chat = await owner.group('Everything', must(bob));
    const path = `/api/chats/${chat.id}`;
    const [a, a2, b] = await Promise.all([
      owner.connect(),
      owner.connect({ confirms: true }),
      must(bob).connect(),
    ]);
    const c = await must(cid).connect();
    const message = await must(bob).send(chat.id, 'one');
    await owner.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    await must(bob).must('PUT', `/api/messages/${message.id}`, { content: 'two' });
    await owner.must('PUT', path, { name: 'Renamed', description: 'All of it' });
    await owner.must('POST', `${path}/members`, { user_id: must(cid).id });
    await owner.must('PUT', `${path}/members/${must(bob).id}`, { role: 'admin', nickname: 'B' });
    await must(cid).send(chat.id, 'three');
    await must(cid).must('PUT', `${path}/settings`, { nickname: 'C' });
    await must(bob).must('DELETE', `/api/messages/${message.id}`);
    await owner.must('PUT', `${path}/members/${must(bob).id}`, { role: 'owner' });
    await owner.must('DELETE', `${path}/members/${owner.id}`);
    const { rev } = await must(bob).must<Chat>('GET', path);
    await Promise.all([a, a2, b, c].map((socket) => socket.settled()));

    expect(revs(b, chat.id)).toEqual(from(2, rev));
    const left = revs(a, chat.id);
    expect(left).toEqual(from(2, left.at(-1) as number));
    expect(revs(a2, chat.id)).toEqual(left);
    expect(a.all('chat_removed').map((frame) => frame.chat_id)).toEqual([chat.id]);
    const joined = c.all('chat_created')[0]?.chat.rev as number;
    expect(revs(c, chat.id).filter((each) => each > joined)).toEqual(from(joined + 1, rev));
  });

  test('bring strangers nothing', async () => {
    const d = await must(dan).connect();
    const chat = await must(ann).group('Private', must(bob));
    await must(ann).send(chat.id, 'psst');
    await must(ann).must('POST', `/api/chats/${chat.id}/members`, { user_id: must(cid).id });
    await d.settled();
    expect(d.frames.map((frame) => frame.type)).toEqual(['ready', 'ack']);
  });

  test('of one’s own go to one’s other devices too', async () => {
    const other = await must(ann).signIn();
    const chat = await must(ann).direct(must(bob));
    const [here, there] = [await must(ann).connect(), await other.connect()];
    const ack = await here.request('send_message', { chat_id: chat.id, content: 'from here' });
    const shown = await there.event('new_message', (f) => f.message.content === 'from here');
    expect(ack).toMatchObject({ message_id: shown.message.id } as never);
    expect(shown.message.sender_id).toBe(must(ann).id as never);
  });
});
