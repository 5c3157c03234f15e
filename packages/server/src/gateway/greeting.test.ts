import { describe, expect, test } from 'bun:test';
import type { Server, ServerWebSocket } from 'bun';
import type { ChatRepository } from '../features/chats';
import { Origins } from '../http/cors';
import { type ChatRevision, Hub } from '../realtime/hub';
import { OnlineLeases } from '../realtime/online';
import { ManualClock } from '../testing/manual-clock';
import { Gateway } from './gateway';
import { type SocketData, socketHandlers, upgrade } from './sockets';

const CLAIMS = { userId: 1, sessionId: 5, expiresAt: Number.POSITIVE_INFINITY };

/** A gateway that reads chats when the test says so, as from a slow database. */
function setUp() {
  const clock = new ManualClock();
  const hub = new Hub();
  const lists: ((chats: ChatRevision[]) => void)[] = [];
  const revs = new Map<number, number>();
  const chats = {
    idsOfUser: async () => {
      const list = await new Promise<ChatRevision[]>((resolve) => void lists.push(resolve));
      for (const { chatId, rev } of list) revs.set(chatId, rev);
      return list.map(({ chatId }) => chatId);
    },
    revisionsOf: async (ids: number[]) =>
      ids.map((chatId) => ({ chatId, rev: revs.get(chatId) ?? 0 })),
  };
  const gateway = new Gateway({
    clock,
    hub,
    online: new OnlineLeases(clock),
    chats: chats as unknown as ChatRepository,
    membersOf: () => undefined,
    epoch: 'e',
    handlers: {} as never,
    authenticate: async () => CLAIMS,
    onUserGone: () => {},
    onError: (error) => {
      throw error;
    },
    maxSocketsPerUser: 1,
    maxFrameBytes: 1024,
    limits: true,
  });
  const { runtime, frames } = fakeRuntime(gateway, hub);
  const deps = { gateway, origins: new Origins([]), authenticate: async () => CLAIMS };
  return {
    gateway,
    lists,
    frames,
    enter: () => upgrade(new Request('http://here/ws/token'), '/ws/token', runtime, deps),
    tell: (chatId: number, rev: number, type: string) =>
      gateway.follow({
        kind: 'chat',
        chatId,
        rev,
        frame: JSON.stringify({ type }),
        change: { kind: 'content' },
      }),
  };
}

/** One socket, and the frames that it gets. */
function fakeRuntime(gateway: Gateway, hub: Hub) {
  const frames: { type: string; chats?: Record<string, number> }[] = [];
  const topics = new Set<string>();
  const socket = {
    data: undefined as unknown,
    cork: (run: (ws: unknown) => void) => run(socket),
    send: (text: string) => void frames.push(JSON.parse(text)),
    subscribe: (topic: string) => void topics.add(topic),
    unsubscribe: (topic: string) => void topics.delete(topic),
    getBufferedAmount: () => 0,
  };
  hub.attach((topic, text) => void (topics.has(topic) && socket.send(text)));
  const accept = (_: Request, { data }: { data: SocketData }) => {
    socket.data = data;
    void socketHandlers(gateway).open?.(socket as unknown as ServerWebSocket<SocketData>);
    return true;
  };
  return { runtime: { upgrade: accept } as unknown as Server<SocketData>, frames };
}

/** Lets what waits for nothing but its turn happen. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe('a connection that comes in', () => {
  test('hears nothing before ready', async () => {
    const { gateway, lists, frames, enter, tell } = setUp();
    const answer = enter();
    await turn();
    gateway.follow({ kind: 'user', userId: 1, frame: '{"type":"unread"}' });
    tell(7, 2, 'new_message');
    lists.shift()?.([{ chatId: 7, rev: 1 }]);
    expect(await answer).toBeUndefined();
    tell(7, 3, 'message_updated');
    // Ready counts what was published since the chats were read.
    await turn();
    expect(frames).toMatchObject([{ type: 'ready', chats: { 7: 2 } }, { type: 'message_updated' }]);
  });

  test('does not hear what ready counted, though it is published later', async () => {
    const { lists, frames, enter, tell } = setUp();
    const answer = enter();
    await turn();
    // Committed, and read, before it is published.
    lists.shift()?.([{ chatId: 7, rev: 2 }]);
    expect(await answer).toBeUndefined();
    tell(7, 2, 'new_message');
    tell(7, 3, 'message_updated');
    await turn();
    expect(frames).toMatchObject([{ type: 'ready', chats: { 7: 2 } }, { type: 'message_updated' }]);
  });

  test('hears the chats that it joined on the way in, and no longer those that it left', async () => {
    const { gateway, lists, frames, enter, tell } = setUp();
    const answer = enter();
    await turn();
    gateway.follow({ kind: 'membership', userId: 1, chatId: 7, rev: 1, joined: true });
    lists.shift()?.([{ chatId: 6, rev: 1 }]);
    await turn();
    expect(frames).toEqual([]);
    gateway.follow({ kind: 'membership', userId: 1, chatId: 6, rev: 2, joined: false });
    lists.shift()?.([
      { chatId: 6, rev: 1 },
      { chatId: 7, rev: 1 },
    ]);
    await turn();
    lists.shift()?.([{ chatId: 7, rev: 1 }]);
    expect(await answer).toBeUndefined();
    tell(6, 3, 'message_deleted');
    tell(7, 2, 'message_updated');
    await turn();
    expect(frames).toMatchObject([{ type: 'ready', chats: { 7: 1 } }, { type: 'message_updated' }]);
    expect(Object.keys(frames[0]?.chats ?? {})).toEqual(['7']);
  });

  test('is refused when its session ends on the way in', async () => {
    const { gateway, lists, frames, enter } = setUp();
    const answer = enter();
    await turn();
    gateway.follow({ kind: 'session_ended', userId: 1, sessionIds: [5] });
    lists.shift()?.([]);
    expect((await answer)?.status).toBe(401);
    expect(frames).toEqual([]);
  });

  test('counts among its user’s connections from the start, until it is refused', async () => {
    const { gateway, lists, enter } = setUp();
    const first = enter();
    await turn();
    expect((await enter())?.status).toBe(429);
    gateway.follow({ kind: 'session_ended', userId: 1, sessionIds: [5] });
    lists.shift()?.([]);
    expect((await first)?.status).toBe(401);
    const next = enter();
    await turn();
    lists.shift()?.([]);
    expect(await next).toBeUndefined();
    expect((await enter())?.status).toBe(429);
  });
});
