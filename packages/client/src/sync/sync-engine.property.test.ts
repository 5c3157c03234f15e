import { describe, expect, test } from 'bun:test';
import type { Message } from '@confab/protocol';
import fc from 'fast-check';
import { type FakeChat, STATUSES } from '../testing/fake-chat';
import { ME, type Step, SyncWorld } from '../testing/sync-world';
import { withStatuses } from './statuses';

const chat = fc.nat(2);
const user = fc.nat(2);
const at = fc.nat(30);
const stepOf = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), chat, user, at }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('edit', 'delete', 'read', 'deliver', 'role', 'mute'),
      chat,
      user,
      at,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('rename', 'join', 'leave'), chat, user }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('carry' as const),
      fate: fc.constantFrom('deliver', 'deliver', 'deliver', 'drop', 'double', 'swap'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fetch' as const),
      what: fc.constantFrom('chat', 'page'),
      chat,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('reconnect', 'answer', 'answer', 'heartbeat', 'restore'),
    }),
  },
) as fc.Arbitrary<Step>;

/**
 * Lets everything on the way arrive, then a heartbeat heal what was lost. Its sum can be right by
 * chance (a chat lost, another's revision up by as much); the next connection's `ready` cannot.
 */
function settle(world: SyncWorld): void {
  for (let round = 0; round < 10; round++) {
    world.answer();
    while (world.wire.length > 0) world.run({ do: 'carry', fate: 'deliver' });
    world.answer();
    if (round < 5) world.heartbeat();
    else if (round === 5) world.reconnect();
    else if (world.engine.current) return;
  }
  throw new Error('the client does not settle');
}

function expectSame(world: SyncWorld): void {
  const { table, observer } = world;
  expect(
    table
      .all()
      .map((state) => state.chat.id)
      .sort(),
  ).toEqual(
    world
      .mine()
      .map((c) => c.id)
      .sort(),
  );
  for (const model of world.mine()) {
    const state = table.get(model.id);
    if (!state) throw new Error('unreachable');
    // What has no revision is asked for by REST after a reconnect, as the client does.
    table.mergeSummary(model.chatFor(ME));
    table.mergeMembers(model.id, model.allMembers(ME));
    const synced = table.get(model.id) ?? state;
    expect(synced.chat).toMatchObject({
      ...model.info(),
      ...model.unread(ME),
      my_role: model.chatFor(ME).my_role,
      is_muted: model.chatFor(ME).is_muted,
      muted_until: model.chatFor(ME).muted_until,
    });
    const shown = withStatuses(synced, ME);
    const expected = model.messages.slice(model.lastSeq - shown.length);
    expect(shown.map(unmarked)).toEqual(expected.map(unmarked));
    for (const message of shown.filter((m) => m.sender_id === ME)) expectStatus(model, message);
    expect([...synced.members.keys()].sort()).toEqual(model.userIds().sort());
    expect(observer.expected(model.id)).toContain(model.lastSeq + 1);
  }
}

const unmarked = (message: Message) => ({ ...message, status: null });

/**
 * Receipts of members who left may be lost; those of present ones may not. Receipts have no place
 * among the revisions: one may arrive while a member seems to be away who is back already.
 */
function expectStatus(model: FakeChat, message: Message): void {
  const held = model.messages[message.seq - 1] ?? message;
  const rank = (status: string) => (STATUSES as readonly string[]).indexOf(status);
  expect(rank(message.status)).toBeGreaterThanOrEqual(model.reached(held));
  if (model.hasLostMembers) return;
  expect(rank(message.status)).toBeLessThanOrEqual(rank(model.shown(held).status));
}

describe('a client behind a bad connection', () => {
  test('ends with what the server has, each message told once and in order', () => {
    fc.assert(
      fc.property(fc.array(stepOf, { maxLength: 150, size: 'max' }), (steps) => {
        const world = new SyncWorld();
        for (const step of steps) world.run(step);
        settle(world);
        expectSame(world);
      }),
      { numRuns: Number(process.env.RUNS ?? 400) },
    );
  });
});
