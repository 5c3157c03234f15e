import { describe, expect, test } from 'bun:test';
import type { ChatRepository } from '../features/chats';
import type { UserDirectory } from '../features/users';
import type { Connection, Socket } from '../realtime/connection';
import { Hub } from '../realtime/hub';
import { OnlineLeases } from '../realtime/online';
import { ManualClock } from '../testing/manual-clock';
import { Gateway } from './gateway';

const CLAIMS = { userId: 1, sessionId: 1, expiresAt: Number.POSITIVE_INFINITY };

/** A gateway whose greeting waits for the test, as it waits for a slow database. */
function setUp() {
  const clock = new ManualClock();
  const hub = new Hub();
  const frames: { type: string }[] = [];
  const topics = new Set<string>();
  const socket: Socket = {
    send: (texts) => void frames.push(...texts.map((text) => JSON.parse(text))),
    subscribe: (topic) => void topics.add(topic),
    unsubscribe: (topic) => void topics.delete(topic),
    bufferedBytes: () => 0,
    close: (code) => void frames.push({ type: `closed ${code}` }),
    terminate: () => {},
  };
  hub.attach((topic, text) => void (topics.has(topic) && frames.push(JSON.parse(text))));
  const lists: ((chats: { chatId: number; rev: number }[]) => void)[] = [];
  const handled: string[] = [];
  const handler = async (_: Connection, command: object) => {
    handled.push(JSON.stringify(command));
    return {};
  };
  const gateway = new Gateway({
    clock,
    hub,
    online: new OnlineLeases(clock),
    chats: {
      revisions: () => new Promise((resolve) => void lists.push(resolve)),
    } as unknown as ChatRepository,
    directory: { get: async () => undefined } as unknown as UserDirectory,
    epoch: 'e',
    handlers: { typing_start: handler } as never,
    authenticate: async () => CLAIMS,
    onUserGone: () => {},
    onError: (error) => {
      throw error;
    },
    maxSocketsPerUser: 20,
    maxFrameBytes: 1024,
    limits: true,
    defer: (run) => run(),
  });
  const connection = gateway.open(socket, CLAIMS, false);
  const tell = (chatId: number, type: string) =>
    gateway.follow({
      kind: 'chat',
      chatId,
      rev: 2,
      frame: JSON.stringify({ type }),
      change: { kind: 'content' },
    });
  const types = () => frames.map((frame) => frame.type);
  return { gateway, connection, lists, types, handled, tell, clock };
}

/** Lets what waits for nothing but its turn happen. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe('until a connection is greeted', () => {
  test('it hears nothing, so that ready is its first frame', async () => {
    const { gateway, lists, types, tell, clock } = setUp();
    gateway.start();
    await turn();
    gateway.follow({ kind: 'user', userId: 1, frame: '{"type":"unread"}' });
    gateway.follow({ kind: 'membership', userId: 1, chatId: 7, rev: 1, joined: true });
    tell(7, 'new_message');
    clock.advance(60_000);
    lists.shift()?.([]);
    await turn();
    expect(types()).toEqual([]);
    lists.shift()?.([{ chatId: 7, rev: 2 }]);
    await turn();
    tell(7, 'message_updated');
    expect(types()).toEqual(['ready', 'message_updated']);
  });

  test('its commands wait, and are handled in their order', async () => {
    const { gateway, connection, lists, handled } = setUp();
    await turn();
    gateway.receive(connection, '{"type":"typing_start","chat_id":1}');
    gateway.receive(connection, '{"type":"typing_start","chat_id":2}');
    await turn();
    expect(handled).toEqual([]);
    lists.shift()?.([]);
    await turn();
    gateway.receive(connection, '{"type":"typing_start","chat_id":3}');
    await turn();
    expect(handled).toEqual(['{"chat_id":1}', '{"chat_id":2}', '{"chat_id":3}']);
  });

  test('a flood of commands closes it', async () => {
    const { gateway, connection, types } = setUp();
    await turn();
    for (let n = 0; n < 1000; n++) gateway.receive(connection, '{"type":"ping"}');
    expect(types()).toEqual(['closed 4029']);
  });
});
