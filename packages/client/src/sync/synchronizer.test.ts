import { expect, test } from 'bun:test';
import type { ChatId, SyncAnswer, UserId } from '@confab/protocol';
import { FakeChat } from '../testing/fake-chat';
import { FakeTime } from '../testing/fake-time';
import { newChatState } from './chat-state';
import { Synchronizer } from './synchronizer';

const USER = { id: 1 as UserId, username: 'alice' };
const NOTHING: SyncAnswer = { epoch: 'one', chats: {}, removed: [] };

/** A synchronizer that holds so many chats, and the ways that its requests went. */
function holding(chats: number, answers: SyncAnswer[] = []) {
  const ways: string[] = [];
  const time = new FakeTime();
  const ask = (way: string) => async () => {
    ways.push(`${way} ${time.now() - 1_000_000}`);
    return answers.shift() ?? NOTHING;
  };
  const synchronizer = new Synchronizer({
    runtime: time,
    overSocket: ask('socket'),
    overRest: ask('rest'),
    onChanges: () => {},
    onSyncWanted: () => ways.push('wanted'),
    onOtherUser: () => {},
  });
  const states = Array.from({ length: chats }, (_, n) =>
    newChatState(
      new FakeChat((n + 1) as ChatId, 'group', 'chat', [USER], () => 1).chatFor(USER.id),
    ),
  );
  synchronizer.restore(USER.id, 'one', states);
  return { synchronizer, ways, time };
}

test('a request goes over the socket while it fits into a frame, else by REST', async () => {
  const few = holding(100);
  await few.synchronizer.sync();
  expect(few.ways).toEqual(['socket 0']);
  const many = holding(8_000);
  await many.synchronizer.sync();
  expect(many.ways).toEqual(['rest 0']);
});

test('an answer that will be large goes by REST, the next one over the socket again', async () => {
  const { synchronizer, ways, time } = holding(3);
  const ready = (chats: Record<string, number>, epoch = 'one') => {
    synchronizer.pause();
    const whole = { type: 'ready', user_id: USER.id, session_id: 1, heartbeat_s: 25 } as const;
    synchronizer.ready({ ...whole, epoch, chats } as never);
    return synchronizer.sync();
  };
  await ready({ '1': 51, '2': 51, '3': 1 });
  await ready({ '1': 52, '2': 51, '3': 1 });
  const again = synchronizer.sync();
  await time.advance(1_000);
  await again;
  // Chats that are not held come whole, and so do all of another history.
  await ready({ '1': 1, '2': 1, '4': 300 });
  await ready({ '1': 1, '2': 1, '3': 1 }, 'restored');
  const order = ways.map((way) => way.split(' ')[0]);
  expect(order).toEqual(['socket', 'rest', 'socket', 'rest', 'rest']);
});

test('one sync keeps its distance from the next', async () => {
  const { synchronizer, ways, time } = holding(1);
  await synchronizer.sync();
  const second = synchronizer.sync();
  await time.advance(2_000);
  await second;
  expect(ways).toEqual(['socket 0', 'socket 1000']);
  synchronizer.pause();
  await synchronizer.sync();
  expect(ways.at(-1)).toBe('socket 2000');
});

test('a heartbeat that stays wrong asks for a sync; one that was early or is right does not', async () => {
  const { synchronizer, ways, time } = holding(3);
  await synchronizer.sync();
  synchronizer.heartbeat(3);
  await time.advance(5_000);
  synchronizer.heartbeat(4);
  synchronizer.heartbeat(3);
  await time.advance(5_000);
  expect(ways).toEqual(['socket 0']);
  synchronizer.heartbeat(4);
  await time.advance(5_000);
  expect(ways).toEqual(['socket 0', 'wanted']);
});
