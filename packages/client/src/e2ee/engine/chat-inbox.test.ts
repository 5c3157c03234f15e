import { beforeEach, expect, test } from 'bun:test';
import { ClientError } from '../../errors';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { readyKeys } from '../testing/ready-keys';

const [ALICE, BOB] = [1, 2] as const;
let world: FakeWorld;
let alice: FakeDevice;
let bob: FakeDevice;
let chat: number;
/** Writes of Bob's store, and how many of those that come fail. */
let writes: number;
let failing: number;

beforeEach(async () => {
  world = new FakeWorld();
  const makeKeys = readyKeys();
  alice = await FakeDevice.make({ world, user: ALICE, makeKeys });
  bob = await FakeDevice.make({ world, user: BOB, makeKeys });
  await alice.setUp();
  await bob.setUp();
  chat = await alice.makeRoom('group', [BOB]);
  await bob.take(await alice.say(chat, 'first'));
  [writes, failing] = [0, 0];
  const put = bob.store.put.bind(bob.store);
  bob.store.put = (...args) => {
    writes++;
    return failing-- > 0 ? Promise.reject(new Error('ENOSPC: /secret/path')) : put(...args);
  };
});

test('a long history is opened with few writes', async () => {
  for (let sent = 0; sent < 300; sent++) await alice.say(chat, `message ${sent}`);
  await bob.fetch(chat);
  expect(writes).toBeLessThan(12);
  const makeKeys = readyKeys();
  const again = await FakeDevice.make({ world, user: BOB, makeKeys, store: bob.store });
  expect(await again.shown(chat)).toHaveLength(301);
});

test('what could not be kept waits, is told without a word of the disk, and is kept by the next try', async () => {
  const told: number[] = [];
  bob.engine.events.on('opened', ({ message_id }) => told.push(message_id));
  const message = await alice.say(chat, 'second');
  failing = 1;
  await bob.take(message);
  const { inbox } = await bob.engine.chat(chat);
  expect([inbox.waiting, told]).toEqual([1, []]);
  expect(bob.faults[0]).toBeInstanceOf(ClientError);
  expect(String(bob.faults[0])).not.toContain('ENOSPC');
  await inbox.retry();
  expect([inbox.waiting, told]).toEqual([0, [message.id]]);
  const makeKeys = readyKeys();
  const again = await FakeDevice.make({ world, user: BOB, makeKeys, store: bob.store });
  expect(await again.shown(chat)).toEqual(['first', 'second']);
});
