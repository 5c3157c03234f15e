import { expect, test } from 'bun:test';
import { Connection, Outbox, type Socket } from '../../realtime/connection';
import { Hub } from '../../realtime/hub';
import { ManualClock } from '../../testing/manual-clock';
import { memberOf, stateOf } from '../../testing/states';
import type { ChatState, ChatStates } from '../chats';
import { DeliveryTracker } from './delivery-tracker';
import type { ReceiptService } from './receipts';

const SENDER = 1;
const READER = 2;

/** A chat of a sender and a reader; what is said to be delivered. */
function setUp() {
  const clock = new ManualClock();
  const hub = new Hub();
  const state = stateOf([memberOf(SENDER), memberOf(READER)]);
  const states = { peek: () => state } as unknown as ChatStates;
  const receipts = {
    delivered: (of: ChatState, userIds: Iterable<number>, seq: number) => {
      for (const userId of userIds) of.advance({ userId, readSeq: 0, deliveredSeq: seq, at: 0 });
    },
  } as ReceiptService;
  const tracker = new DeliveryTracker(clock, hub, states, receipts);
  let unsent = 0;
  const connect = () => {
    const socket = { bufferedBytes: () => unsent, send: () => {} } as unknown as Socket;
    const identity = { userId: READER, sessionId: 1, confirms: false, tokenExpiresAt: 0 };
    const connection = new Connection(socket, identity, new Outbox());
    hub.add(connection, [state.id]);
  };
  const send = () => {
    const seq = state.lastSeq + 1;
    const change = { kind: 'message', messageId: seq, seq, senderId: SENDER, at: 0 } as const;
    const rev = state.rev + 1;
    state.apply(rev, change);
    hub.publishChat(state.id, rev, '', state.members);
    tracker.follow({ kind: 'chat', chatId: state.id, rev, frame: '', change });
  };
  return {
    connect,
    send,
    clock,
    setUnsent: (bytes: number) => {
      unsent = bytes;
    },
    delivered: () => state.members.get(READER)?.deliveredSeq,
  };
}

test('what a plain connection has taken is delivered', () => {
  const { connect, send, clock, delivered } = setUp();
  connect();
  send();
  expect(delivered()).toBe(0);
  clock.advance(300);
  expect(delivered()).toBe(1);
});

test('what was sent before it connected is not', () => {
  const { connect, send, clock, delivered } = setUp();
  send();
  connect();
  clock.advance(300);
  expect(delivered()).toBe(0);
  send();
  clock.advance(300);
  expect(delivered()).toBe(2);
});

test('what a slow connection takes late is delivered then', () => {
  const { connect, send, clock, delivered, setUnsent } = setUp();
  connect();
  setUnsent(1000);
  send();
  clock.advance(5000);
  expect(delivered()).toBe(0);
  setUnsent(0);
  clock.advance(300);
  expect(delivered()).toBe(1);
});
