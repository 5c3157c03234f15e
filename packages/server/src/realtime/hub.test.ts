import { describe, expect, test } from 'bun:test';
import { Connection, Outbox, type Socket } from './connection';
import { Hub } from './hub';

/** A hub whose chats of up to two members are small, and what its sockets do. */
function setUp() {
  const deferred: (() => void)[] = [];
  const done: string[] = [];
  const outbox = new Outbox((run) => void deferred.push(run));
  const hub = new Hub(2);
  hub.attach((topic, frame) => void done.push(`${topic}: ${frame}`));
  const connect = (userId: number, ...chatIds: number[]) => {
    const socket: Socket = {
      bufferedBytes: () => 0,
      close: () => {},
      terminate: () => {},
      send: (frames) => void done.push(...frames.map((frame) => `${userId} gets ${frame}`)),
      subscribe: (topic) => void done.push(`${userId} on ${topic}`),
      unsubscribe: (topic) => void done.push(`${userId} off ${topic}`),
    };
    const identity = { userId, sessionId: 1, confirms: true, tokenExpiresAt: 0 };
    const connection = new Connection(socket, identity, outbox);
    hub.add(connection, chatIds);
    return connection;
  };
  const endTurn = () => {
    for (const run of deferred.splice(0)) run();
    return done.splice(0);
  };
  return { hub, connect, endTurn };
}

const members = (...ids: number[]) => new Map(ids.map((id) => [id, true]));

test('what waits to be sent to a member leaves before they are off the chat', () => {
  const { hub, connect, endTurn } = setUp();
  const connection = connect(1, 7);
  hub.publishChat(7, 1, 'first', members(1, 2, 3));
  connection.sendSoon('typing in 7');
  hub.setMembership(1, 7, 2, false);
  expect(endTurn()).toEqual(['1 on c7', 'c7: first', '1 gets typing in 7', '1 off c7']);
});

describe('a frame for a chat', () => {
  test('of few goes to their connections, and to no other', () => {
    const { hub, connect, endTurn } = setUp();
    connect(1, 7);
    connect(1, 7);
    connect(2, 8);
    hub.publishChat(7, 1, 'x', members(1, 3));
    expect(endTurn()).toEqual(['1 gets x', '1 gets x']);
  });

  test('of many makes it a topic, which those who come later join', () => {
    const { hub, connect, endTurn } = setUp();
    connect(1, 7);
    connect(2, 7);
    hub.publishChat(7, 1, 'x', members(1, 2, 3));
    connect(3, 7, 8);
    hub.setMembership(4, 7, 2, true);
    connect(4, 7);
    expect(endTurn()).toEqual(['1 on c7', '2 on c7', 'c7: x', '3 on c7', '4 on c7']);
  });

  test('reaches who joined a moment ago, and not who left', () => {
    const { hub, connect, endTurn } = setUp();
    connect(1);
    connect(2, 7);
    hub.setMembership(1, 7, 1, true);
    hub.setMembership(2, 7, 2, false);
    hub.publishChat(7, 3, 'x', members(1));
    expect(endTurn()).toEqual(['1 gets x']);
  });

  test('does not reach a member whose sockets have not been told of it yet', () => {
    const { hub, connect, endTurn } = setUp();
    connect(1);
    hub.publishChat(7, 1, 'x', members(1));
    expect(endTurn()).toEqual([]);
  });

  test('reaches everybody in it when its members are not in memory', () => {
    const { hub, connect, endTurn } = setUp();
    connect(1, 7);
    connect(2, 8);
    hub.publishChat(7, 1, 'x', undefined);
    expect(endTurn()).toEqual(['1 on c7', 'c7: x']);
  });

  test('that they were greeted with does not reach them', () => {
    const { hub, connect, endTurn } = setUp();
    hub.learn([{ chatId: 7, rev: 2 }]);
    connect(1, 7);
    hub.publishChat(7, 2, 'x', members(1));
    expect(endTurn()).toEqual([]);
  });
});
