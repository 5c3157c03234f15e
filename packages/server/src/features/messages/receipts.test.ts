import { expect, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import { MemoryBus } from '../../realtime/bus';
import { ManualClock } from '../../testing/manual-clock';
import { memberOf, stateOf } from '../../testing/states';
import type { WatermarkRow } from './receipt-writes';
import { ReceiptService } from './receipts';

const SENDER = 1;
const READER = 2;
const MESSAGE = 100;

/** A chat with one message, and a database that answers when the test says so. */
function setUp() {
  const clock = new ManualClock();
  const state = stateOf([memberOf(SENDER), memberOf(READER)]);
  state.apply(2, { kind: 'message', messageId: MESSAGE, seq: 1, senderId: SENDER, at: 0 });
  const bus = new MemoryBus();
  bus.subscribe((message) => {
    if (message.kind === 'watermarks') for (const mark of message.marks) state.advance(mark);
  });
  const told: number[] = [];
  bus.subscribe((message) => void (message.kind === 'user' && told.push(message.userId)));
  const writes: { rows: WatermarkRow[]; settle: PromiseWithResolvers<null>; apply: () => void }[] =
    [];
  const committer = {
    submit: (_: unknown, { rows }: { rows: WatermarkRow[] }, __: number, apply = () => {}) => {
      const settle = Promise.withResolvers<null>();
      writes.push({ rows, settle, apply });
      return settle.promise;
    },
  };
  const receipts = new ReceiptService({
    clock,
    bus,
    states: { forMember: async () => state },
    messages: {},
    committer,
    onError: () => {},
  } as never);
  const confirm = () => {
    const progress = { outcome: 'waiting' };
    const says = (outcome: string) => () => {
      progress.outcome = outcome;
    };
    receipts.markDelivered(READER, MESSAGE, state.id).then(says('done'), says('failed'));
    return progress;
  };
  return { clock, state, receipts, writes, confirm, told };
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('a confirmed delivery counts at once, and is acknowledged when it is stored', async () => {
  const { clock, state, writes, confirm } = setUp();
  const first = confirm();
  await turn();
  expect(state.members.get(READER)?.deliveredSeq).toBe(1);
  const again = confirm();
  clock.advance(1000);
  await turn();
  const during = confirm();
  await turn();
  expect([first, again, during].map((p) => p.outcome)).toEqual(['waiting', 'waiting', 'waiting']);
  expect(writes.map((write) => write.rows.length)).toEqual([1]);
  writes[0]?.settle.resolve(null);
  await turn();
  expect([first, again, during].map((p) => p.outcome)).toEqual(['done', 'done', 'done']);
  const later = confirm();
  await turn();
  expect(later.outcome).toBe('done');
});

test('what could not be stored is not acknowledged, and is stored later', async () => {
  const { clock, writes, confirm } = setUp();
  const progress = confirm();
  await turn();
  clock.advance(1000);
  await turn();
  writes[0]?.settle.reject(new ConfabError('overloaded', 'Too much to write'));
  await turn();
  expect(progress.outcome).toBe('failed');
  clock.advance(1000);
  await turn();
  expect(writes.map((write) => write.rows[0]?.deliveredSeq)).toEqual([1, 1]);
});

test('who was removed while their read mark was stored hears nothing of it', async () => {
  const { state, receipts, writes, told } = setUp();
  void receipts.markRead(READER, MESSAGE, state.id);
  await turn();
  state.apply(3, { kind: 'member_removed', userId: READER });
  writes[0]?.apply();
  expect(told).toEqual([]);
});
