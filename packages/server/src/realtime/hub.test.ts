import { expect, test } from 'bun:test';
import { Connection, Outbox, type Socket } from './connection';
import { Hub } from './hub';

test('what waits to be sent to a member leaves before they are off the chat', () => {
  const deferred: (() => void)[] = [];
  const done: string[] = [];
  const socket: Socket = {
    bufferedBytes: () => 0,
    close: () => {},
    terminate: () => {},
    send: (frames) => void done.push(...frames),
    subscribe: () => {},
    unsubscribe: (topic) => void done.push(`off ${topic}`),
  };
  const identity = { userId: 1, sessionId: 1, confirms: true, tokenExpiresAt: 0 };
  const connection = new Connection(socket, identity, new Outbox((run) => void deferred.push(run)));
  const hub = new Hub();
  hub.add(connection, [7]);
  connection.sendSoon('typing in 7');
  hub.setMembership(1, 7, 2, false);
  for (const run of deferred) run();
  expect(done).toEqual(['typing in 7', 'off c7']);
});
