import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type {
  Chat,
  ChatMember,
  Message,
  MessagePage,
  Privacy,
  Receipts,
  SyncAnswer,
} from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

type Setting = Privacy['read_receipts'];
const SETTINGS: readonly Setting[] = ['everyone', 'contacts', 'nobody'];

describe.each(DIALECTS)('where read marks are shown, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const set = (user: TestUser, read_receipts: Setting) =>
    user.must('PUT', '/api/auth/me/privacy', { read_receipts });
  const read = (user: TestUser, message: Message) =>
    user.must('POST', `/api/messages/${message.id}/read`);
  const member = (members: readonly ChatMember[] | undefined, user: TestUser) =>
    members?.find((each) => each.user_id === (user.id as never));

  /** A chat in which the reader has read what the sender sent. */
  async function scene(shape: 'direct' | 'group' | 'contacts in a group') {
    const [sender, reader] = [await server.user('sender'), await server.user('reader')];
    const direct = shape === 'group' ? undefined : await sender.direct(reader);
    const chat = shape === 'direct' ? (direct as Chat) : await sender.group('Some', reader);
    const message = await sender.send(chat.id, 'hello');
    return { sender, reader, chat, message };
  }

  /** Every place in which the sender may see how far the reader has read. */
  async function marks(sender: TestUser, reader: TestUser, chat: Chat, message: Message) {
    const path = `/api/chats/${chat.id}`;
    const [details, page, receipts, sync] = await Promise.all([
      sender.must<{ members: ChatMember[] }>('GET', path),
      sender.must<{ items: ChatMember[] }>('GET', `${path}/members`),
      sender.must<Receipts>('GET', `/api/messages/${message.id}/receipts`),
      sender.must<SyncAnswer>('POST', '/api/sync', { chats: {} }),
    ]);
    expect(receipts.delivered.map((mark) => mark.user_id as number)).toEqual([reader.id]);
    return {
      details: member(details.members, reader)?.last_read_message_id ?? null,
      members: member(page.items, reader)?.last_read_message_id ?? null,
      sync: member(sync.chats[chat.id]?.members, reader)?.last_read_message_id ?? null,
      receipts: receipts.read.some((mark) => mark.user_id === (reader.id as never))
        ? message.id
        : null,
    };
  }
  /** Every place in which a message's status stands, as a user is shown it. */
  async function statuses(user: TestUser, chat: Chat, message: Message) {
    const [page, list, one, sync] = await Promise.all([
      user.must<MessagePage>('GET', `/api/messages/${chat.id}`),
      user.must<{ items: Chat[] }>('GET', '/api/chats'),
      user.must<Chat>('GET', `/api/chats/${chat.id}`),
      user.must<SyncAnswer>('POST', '/api/sync', { chats: {} }),
    ]);
    const listed = list.items.find((each) => each.id === chat.id);
    return [
      page.items.find((each) => each.id === message.id)?.status,
      listed?.last_message?.status,
      one.last_message?.status,
      sync.chats[chat.id]?.messages.find((each) => each.id === message.id)?.status,
    ];
  }
  const all = (id: Message['id'] | null) => ({ details: id, members: id, sync: id, receipts: id });

  describe.each(['direct', 'group', 'contacts in a group'] as const)('%s', (shape) => {
    test.each(SETTINGS.flatMap((mine) => SETTINGS.map((theirs) => [mine, theirs] as const)))(
      'the reader’s setting is %s, the sender’s %s',
      async (theirs, mine) => {
        const { sender, reader, chat, message } = await scene(shape);
        await set(reader, theirs);
        await set(sender, mine);
        await read(reader, message);
        const both = [mine, theirs];
        const isSeen =
          !both.includes('nobody') && (shape !== 'group' || !both.includes('contacts'));
        const isOpen =
          !both.includes('nobody') && (shape === 'direct' || !both.includes('contacts'));
        expect(await marks(sender, reader, chat, message)).toEqual(all(isSeen ? message.id : null));
        const status = isOpen ? 'read' : 'delivered';
        expect(await statuses(sender, chat, message)).toEqual(Array(4).fill(status));
        expect(await statuses(reader, chat, message)).toEqual(Array(4).fill(status));
      },
    );
  });

  test('one’s own are shown to oneself, and unread counts work', async () => {
    const { sender, reader, chat, message } = await scene('direct');
    await set(reader, 'nobody');
    const unread = async () =>
      (await reader.must<Chat>('GET', `/api/chats/${chat.id}`)).unread_count;
    expect(await unread()).toBe(1);
    const socket = await reader.connect();
    await read(reader, message);
    expect((await socket.event('unread')).unread_count).toBe(0);
    expect(await unread()).toBe(0);
    const details = await reader.must<Chat & { members: ChatMember[] }>(
      'GET',
      `/api/chats/${chat.id}`,
    );
    expect(details.last_read_message_id).toBe(message.id);
    expect(member(details.members, reader)?.last_read_message_id).toBe(message.id);
    expect(member(details.members, sender)?.last_read_message_id).toBeNull();
  });

  test('message_status tells of deliveries alone to whom the reader hides', async () => {
    const { sender, reader, chat } = await scene('direct');
    await set(reader, 'nobody');
    const socket = await sender.connect();
    const message = await sender.send(chat.id, 'again');
    await read(reader, message);
    const first = await socket.event(
      'message_status',
      (frame) => frame.delivered_message_id === message.id,
    );
    expect(first).toMatchObject({ user_id: reader.id, read_message_id: null } as never);
    await set(reader, 'everyone');
    const last = await sender.send(chat.id, 'and again');
    await read(reader, last);
    await socket.event('message_status', (frame) => frame.read_message_id === last.id);
    const early = socket
      .all('message_status')
      .filter((frame) => frame.delivered_message_id === message.id);
    expect(early.map((frame) => frame.read_message_id)).toEqual(early.map(() => null));
  });

  test('reading what was delivered before makes no stir when it is hidden', async () => {
    const { sender, reader, chat, message } = await scene('group');
    const other = await server.user('other');
    await sender.must('POST', `/api/chats/${chat.id}/members`, { user_id: other.id });
    await set(reader, 'nobody');
    await reader.must('GET', `/api/messages/${chat.id}`);
    const socket = await sender.connect();
    await read(reader, message);
    await read(other, message);
    const last = await sender.send(chat.id, 'last');
    await read(other, last);
    await socket.event('message_status', (frame) => frame.read_message_id === last.id);
    const ofReader = socket
      .all('message_status')
      .filter((frame) => frame.user_id === (reader.id as never));
    expect(ofReader.map((frame) => frame.read_message_id)).toEqual(ofReader.map(() => null));
    expect(ofReader.length).toBeLessThan(2);
  });

  test('who hides theirs is not told of the others’', async () => {
    const { sender, reader, chat } = await scene('group');
    const other = await server.user('other');
    await sender.must('POST', `/api/chats/${chat.id}/members`, { user_id: other.id });
    await set(sender, 'nobody');
    const [toSender, toOther] = [await sender.connect(), await other.connect()];
    const [mine, theirs] = [await sender.send(chat.id, 'a'), await other.send(chat.id, 'b')];
    await read(reader, theirs);
    await toOther.event('message_status', (frame) => frame.read_message_id === theirs.id);
    await toSender.event('message_status', (frame) => frame.user_id === (reader.id as never));
    await toSender.settled();
    const told = toSender.all('message_status').map((frame) => frame.read_message_id);
    expect(told).toEqual(told.map(() => null));
    expect(mine.status).toBe('sent');
  });

  test('what goes to all at once tells nothing in a chat in which somebody hides it', async () => {
    const { sender, reader, chat, message } = await scene('group');
    await read(reader, message);
    const socket = await sender.connect();
    const rename = (nickname: string) =>
      reader.must('PUT', `/api/chats/${chat.id}/settings`, { nickname });
    const shown = async (nickname: string) =>
      (await socket.event('member_updated', ({ member: m }) => m.nickname === nickname)).member
        .last_read_message_id;
    await rename('Open');
    expect(await shown('Open')).toBe(message.id);
    await set(reader, 'contacts');
    await rename('Hidden');
    expect(await shown('Hidden')).toBeNull();
    const edited = await sender.must<Message>('PUT', `/api/messages/${message.id}`, {
      content: 'changed',
    });
    expect(edited.status).toBe('delivered');
    expect((await socket.event('message_updated')).message.status).toBe('delivered');
    await set(reader, 'everyone');
    await set(sender, 'nobody');
    await rename('Unseen');
    expect(await shown('Unseen')).toBeNull();
  });

  test('of who joins it tells nothing either, once one of all hides it', async () => {
    for (const setting of SETTINGS) {
      const [owner, newcomer] = [await server.user('owner'), await server.user('newcomer')];
      const chat = await owner.group('Alone so far');
      await owner.send(chat.id, 'hello');
      const socket = await owner.connect();
      await set(newcomer, setting);
      await owner.must('POST', `/api/chats/${chat.id}/members`, { user_id: newcomer.id });
      const added = await socket.event('member_added');
      // Who joins has read everything, up to the message that tells of it.
      const joined = await socket.event('new_message', (f) => f.message.content_type === 'system');
      const shown = setting === 'everyone' ? joined.message.id : null;
      expect(added.member.last_read_message_id).toBe(shown);
    }
  });

  test('a chat that is not in memory is shown as one that is', async () => {
    for (const setting of SETTINGS) {
      const { sender, reader, chat, message } = await scene('group');
      await set(reader, setting);
      await read(reader, message);
      await server.restart();
      const list = await sender.must<{ items: Chat[] }>('GET', '/api/chats');
      const status = list.items.find((each) => each.id === chat.id)?.last_message?.status;
      expect(status).toBe(setting === 'everyone' ? 'read' : 'delivered');
    }
  });

  test('alone, one has read everything', async () => {
    const sender = await server.user('sender');
    await set(sender, 'nobody');
    const chat = await sender.direct(sender);
    const message = await sender.send(chat.id, 'note');
    expect(message.status).toBe('read');
    await eventually(
      async () => (await statuses(sender, chat, message)).every((status) => status === 'read'),
      'that all places say so',
    );
  });
});
