import { expect, test } from 'bun:test';
import { memberOf, stateOf } from '../../testing/states';
import { SyncService } from './service';

/** A chat with one message, of which the reader hears the second while the first is read. */
function setUp(
  whileReading: (state: ReturnType<typeof stateOf>) => void,
  sentMeanwhile: { id: number; seq: number; rev: number }[] = [],
) {
  const state = stateOf([memberOf(1), memberOf(2)], { rev: 2, last_seq: 1 });
  const delivered: string[] = [];
  const deps = {
    epoch: 'e',
    limitRead: () => {},
    states: { load: async () => state },
    chats: {
      revisions: async () => [{ chatId: state.id, rev: 2, lastSeq: 1, deliveredSeq: 0 }],
      oneOfUser: async () => ({ id: state.id, rev: 2, last_seq: 1 }),
      membersSince: async () => [],
      members: async () => [],
    },
    chatService: { present: async () => [{ id: state.id }], presentMembers: async () => [] },
    messages: {
      changedSince: async () => [{ id: 11, seq: 1, rev: 2 }, ...sentMeanwhile],
      before: async (_: number, seq: number) =>
        [{ id: 11, seq: 1, rev: 2 }, ...sentMeanwhile].filter((message) => message.seq < seq),
    },
    messageService: {
      present: async (rows: object[]) => {
        whileReading(state);
        return rows;
      },
    },
    receipts: {
      delivered: (_: object, userIds: number[], seq: number) =>
        void delivered.push(`${userIds} ${seq}`),
    },
  };
  return { state, delivered, sync: new SyncService(deps as never) };
}

const SECOND = { kind: 'message', messageId: 12, seq: 2, senderId: 2, at: 0 } as const;

test('a message sent while the answer is made is in none of its parts', async () => {
  const { state, sync } = setUp((state) => state.apply(3, SECOND), [{ id: 12, seq: 2, rev: 3 }]);
  for (const since of [1, 1000]) {
    const answer = await sync.sync(1, { chats: { [state.id]: since } }, false);
    const { rev, last_seq, messages } = answer.chats[state.id] ?? {};
    expect([rev, last_seq, messages?.map(({ seq }) => seq)]).toEqual([2, 1, [1]]);
  }
});

test('who is removed while the answer is made gets nothing of the chat', async () => {
  const { state, sync } = setUp((state) => state.apply(3, { kind: 'member_removed', userId: 1 }));
  for (const since of [1, 0, 1000]) {
    const answer = await sync.sync(1, { chats: { [state.id]: since } }, false);
    expect(answer.chats).toEqual({});
  }
});

test('who holds the newest revision has received everything, unless they confirm by themselves', async () => {
  for (const [impliesDelivery, expected] of [
    [true, ['1 1']],
    [false, []],
  ] as const) {
    const { state, sync, delivered } = setUp(() => {});
    const answer = await sync.sync(1, { chats: { [state.id]: 2 } }, impliesDelivery);
    expect(answer.chats).toEqual({});
    expect(delivered).toEqual([...expected]);
  }
});

test('a sync of many chats counts as several reads', async () => {
  const costs: number[] = [];
  const limitRead = (_: number, cost: number) => void costs.push(cost);
  const sync = new SyncService({ limitRead, chats: { revisions: async () => [] } } as never);
  for (const count of [0, 200, 5000]) {
    const chats = Object.fromEntries(Array.from({ length: count }, (_, id) => [id + 1, 1]));
    await sync.sync(1, { chats }, false);
  }
  expect(costs).toEqual([1, 2, 26]);
});
