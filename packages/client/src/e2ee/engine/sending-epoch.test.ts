import { beforeEach, expect, test } from 'bun:test';
import { FakeTime } from '../../testing/fake-time';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { readyKeys } from '../testing/ready-keys';

const [ALICE, BOB] = [1, 2] as const;
let world: FakeWorld;
let time: FakeTime;
let alice: FakeDevice;
let bob: FakeDevice;
let chat: number;

beforeEach(async () => {
  world = new FakeWorld();
  time = new FakeTime();
  const makeKeys = readyKeys();
  [alice, bob] = [
    await FakeDevice.make({ world, user: ALICE, makeKeys, time }),
    await FakeDevice.make({ world, user: BOB, makeKeys, time }),
  ];
  await alice.setUp();
  await bob.setUp();
  chat = await alice.makeRoom('group', [BOB]);
});

const epochs = () => world.room(chat).epochs.length;

test('one epoch serves many messages, of everybody', async () => {
  for (const one of [alice, bob, alice]) await one.say(chat, 'hello');
  expect(epochs()).toBe(1);
});

test('messages that are encrypted at once share one epoch', async () => {
  const crypto = await alice.engine.chat(chat);
  await Promise.all([1, 2, 3].map(() => crypto.sending.use()));
  expect(epochs()).toBe(1);
});

test('of two devices that make one at once, the slower takes the one of the faster', async () => {
  await Promise.all([alice.say(chat, 'one'), bob.say(chat, 'two')]);
  expect(epochs()).toBe(1);
});

test('a new one follows after seven days', async () => {
  await alice.say(chat, 'one');
  await time.advance(7 * 24 * 60 * 60 * 1000);
  await alice.say(chat, 'two');
  expect(epochs()).toBe(2);
  await bob.say(chat, 'three');
  expect(epochs()).toBe(2);
});

test('a new one follows after a thousand messages of this device', async () => {
  const crypto = await alice.engine.chat(chat);
  for (let sent = 0; sent < 1000; sent++) await crypto.sending.use();
  expect(epochs()).toBe(1);
  await crypto.sending.use();
  expect(epochs()).toBe(2);
});

test('one that the server takes nothing under is not used again, though nothing seems to have changed', async () => {
  await alice.say(chat, 'one');
  world.room(chat).isStale = true;
  await alice.say(chat, 'two');
  expect(epochs()).toBe(2);
});

test('… nor does a restart make it last longer', async () => {
  for (let sent = 0; sent < 900; sent++) await (await alice.engine.chat(chat)).sending.use();
  const { store } = alice;
  const again = await FakeDevice.make({ world, user: ALICE, makeKeys: readyKeys(), time, store });
  const { sending } = await again.engine.chat(chat);
  let before = 0;
  while (epochs() === 1 && before <= 100) {
    await sending.use();
    before++;
  }
  // Some are counted ahead, so that not each of them is written down.
  expect(before).toBeGreaterThan(50);
  expect(before).toBeLessThanOrEqual(101);
  expect(epochs()).toBe(2);
});

test('… and two tabs of this device count together', async () => {
  const { store } = alice;
  const tab = await FakeDevice.make({ world, user: ALICE, makeKeys: readyKeys(), time, store });
  const both = [await alice.engine.chat(chat), await tab.engine.chat(chat)];
  const write = async (times: number) => {
    for (let sent = 0; sent < times; sent++) for (const { sending } of both) await sending.use();
  };
  await write(450);
  expect(epochs()).toBe(1);
  await write(60);
  expect(epochs()).toBe(2);
});

test('the count costs few writes', async () => {
  const { sending } = await alice.engine.chat(chat);
  await sending.use();
  let writes = 0;
  const put = alice.store.put.bind(alice.store);
  alice.store.put = (...args) => {
    writes++;
    return put(...args);
  };
  for (let sent = 0; sent < 200; sent++) await sending.use();
  expect(writes).toBe(4);
});
