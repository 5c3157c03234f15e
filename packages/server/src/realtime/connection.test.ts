import { describe, expect, test } from 'bun:test';
import { Connection, Outbox, type Socket } from './connection';

function setUp() {
  const writes: string[][] = [];
  const turns: (() => void)[] = [];
  let buffered = 0;
  const socket: Socket = {
    send: (frames) => void writes.push([...frames]),
    subscribe: () => {},
    unsubscribe: () => {},
    bufferedBytes: () => buffered,
    close: () => {},
    terminate: () => {},
  };
  const identity = { userId: 1, sessionId: 2, confirms: false, tokenExpiresAt: 0 };
  const outbox = new Outbox((run) => void turns.push(run));
  const connection = new Connection(socket, identity, outbox);
  const endTurn = () => {
    for (const run of turns.splice(0)) run();
  };
  return { connection, writes, endTurn, fall: (bytes: number) => (buffered = bytes) };
}

describe('a connection', () => {
  test('gets what may wait in one write at the end of the turn', () => {
    const { connection, writes, endTurn } = setUp();
    connection.sendSoon('a');
    connection.sendSoon('b');
    expect(writes).toEqual([]);
    endTurn();
    connection.sendSoon('c');
    endTurn();
    endTurn();
    expect(writes).toEqual([['a', 'b'], ['c']]);
  });

  test('gets what cannot wait after what was sent before', () => {
    const { connection, writes, endTurn } = setUp();
    connection.sendSoon('a');
    connection.send('b');
    connection.sendSoon('c');
    endTurn();
    expect(writes.flat()).toEqual(['a', 'b', 'c']);
  });

  test('that is behind gets no typing and no presence, and nothing else less', () => {
    const { connection, writes, endTurn, fall } = setUp();
    fall(1001);
    connection.sendIfIdle('typing', 1000);
    connection.sendSoon('message');
    endTurn();
    fall(1000);
    connection.sendIfIdle('typing again', 1000);
    endTurn();
    expect(writes.flat()).toEqual(['message', 'typing again']);
  });

  test('that has much waiting is behind too', () => {
    const { connection, writes, endTurn } = setUp();
    connection.sendSoon('x'.repeat(2000));
    connection.sendIfIdle('typing', 1000);
    endTurn();
    expect(writes.flat()).toHaveLength(1);
  });

  test('forgets what waits when it is told to', () => {
    const { connection, writes, endTurn } = setUp();
    connection.sendSoon('a');
    connection.discard();
    connection.sendSoon('b');
    endTurn();
    expect(writes.flat()).toEqual(['b']);
  });

  test('that is closing gets nothing more', () => {
    const { connection, writes, endTurn } = setUp();
    connection.sendSoon('a');
    connection.closing = true;
    connection.send('b');
    connection.sendSoon('c');
    connection.sendIfIdle('d', 1000);
    endTurn();
    expect(writes).toEqual([]);
  });
});
