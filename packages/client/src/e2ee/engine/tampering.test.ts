import { beforeEach, describe, expect, test } from 'bun:test';
import type { DeviceKeys } from '../keys/device-keys';
import { sealMessage } from '../messages/message';
import { FakeDevice, type FakeDeviceOptions } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { reasonOf, usableSigner } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';
import type { Delivered } from './opened';
import { viewOf } from './view';

/** What a server could try once a device trusts what it saw: to relabel, to go back, to wear out. */

const [ALICE, BOB] = [1, 2] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;
let alice: FakeDevice;
let bob: FakeDevice;
let chat: number;

async function ready(user: number, options: Partial<FakeDeviceOptions> = {}): Promise<FakeDevice> {
  const made = await FakeDevice.make({ world, user, makeKeys, ...options });
  await made.setUp();
  return made;
}

beforeEach(async () => {
  world = new FakeWorld();
  makeKeys = readyKeys();
  [alice, bob] = [await ready(ALICE), await ready(BOB)];
  chat = await alice.makeRoom('group', [BOB]);
});

const asShown = (message: object) => ({
  is_deleted: false,
  reply_to_id: null,
  ...(message as Delivered),
});

async function viewAtBob(message: object) {
  return viewOf(asShown(message), (await bob.engine.chat(chat)).opened);
}

describe('a message that was opened', () => {
  test.each([
    ['another sender', { sender_id: BOB }],
    ['another id of its sender', { client_message_id: '00000000-0000-4000-8000-999999999999' }],
  ])('is not shown as that of %s afterwards', async (_, change) => {
    const message = await alice.say(chat, 'I owe you 100');
    await bob.take(message);
    expect(await viewAtBob(message)).toMatchObject({ state: 'shown', text: 'I owe you 100' });
    const relabelled = { ...message, ...change };
    expect(await viewAtBob(relabelled)).toEqual({ state: 'refused', reason: 'misplaced' });
    await bob.take(relabelled);
    expect(await viewAtBob(relabelled)).toEqual({ state: 'refused', reason: 'misplaced' });
    await bob.take(message);
    expect(await viewAtBob(message)).toMatchObject({ state: 'shown' });
  });

  test('is not opened again, nor written again', async () => {
    const message = await alice.say(chat, 'once');
    await bob.take(message);
    let writes = 0;
    const put = bob.store.put.bind(bob.store);
    bob.store.put = (...args) => {
      writes++;
      return put(...args);
    };
    await bob.take(message);
    expect(writes).toBe(0);
  });
});

test('open text without an id of its sender is not shown in an encrypted chat', async () => {
  const open = { id: 900, sender_id: ALICE, client_message_id: null, envelope: null };
  expect(await viewAtBob(open)).toEqual({ state: 'refused', reason: 'malformed' });
  expect(await viewAtBob({ ...open, is_deleted: true })).toEqual({ state: 'deleted', by: null });
});

test('an epoch far ahead of the last one wears nobody out, and is forgotten', async () => {
  const message = await alice.say(chat, 'one');
  const [epoch] = world.room(chat).epochs;
  const far = { ...structuredClone(epoch), epoch: 2 ** 52 } as never;
  world.room(chat).epochs.push(far);
  const refusals: unknown[] = [];
  bob.engine.events.on('epoch_refused', (event) => refusals.push(event));
  await bob.engine.chatChanged(chat);
  expect(refusals).toMatchObject([{ epoch: 2 ** 52, reason: 'malformed' }]);
  world.room(chat).epochs.pop();
  await bob.take(message, await bob.say(chat, 'two'));
  expect(await bob.shown(chat)).toEqual(['one', 'two']);
  expect(world.room(chat).epochs.map((one) => one.epoch)).toEqual([1]);
});

test('the ids of two devices may be alike: nobody’s messages pass for those of another', async () => {
  const theirs = alice.engine.devices.secrets?.device.listed.device_id ?? '';
  const mallory = await FakeDevice.make({
    world,
    user: 3,
    makeKeys: async () => ({ ...(await makeKeys()), deviceId: theirs }),
  });
  await mallory.setUp();
  await (await alice.engine.chat(chat)).members.add(3);
  const message = await alice.say(chat, 'the truth');
  const held = (await mallory.engine.chat(chat)).epochs;
  await held.refresh();
  const { number, key } = held.require(held.newest);
  const { client_message_id } = message;
  const place = { chat, epoch: number, from: 3, device: theirs, client_message_id };
  const signing = await usableSigner(mallory.engine.devices.secrets?.device.signing ?? '');
  const envelope = await sealMessage({ epoch: key, signing }, place, {
    kind: 'message',
    text: 'mine',
  });
  const first = { id: 800, chat_id: chat, seq: 1, sender_id: 3, is_edited: false };
  await bob.take({ ...first, client_message_id, envelope }, { ...message, seq: 2 });
  expect(await bob.shown(chat)).toEqual(['mine', 'the truth']);
});

describe('one’s own device list', () => {
  async function withPhone() {
    const phone = await FakeDevice.make({ world, user: BOB, makeKeys });
    const { code } = await phone.engine.devices.requestApproval('Phone');
    await bob.engine.devices.approve(code);
    const id = [...world.user(BOB).devices.keys()].at(-1) ?? '';
    return { id, list: world.user(BOB).lists.at(-1) };
  }

  test('of an earlier day is not signed on to: a removed device does not come back', async () => {
    const { id, list } = await withPhone();
    await bob.engine.devices.removeDevice(id);
    const lists = world.user(BOB).lists;
    lists.splice(lists.length - 1);
    expect(lists.at(-1)).toEqual(list);
    const tablet = await FakeDevice.make({ world, user: BOB, makeKeys });
    const { code } = await tablet.engine.devices.requestApproval('Tablet');
    const before = world.user(BOB).lists.length;
    expect(await reasonOf(() => bob.engine.devices.approve(code))).toBe('list_rollback');
    expect(world.user(BOB).lists).toHaveLength(before);
  });

  test('that the server says is not there does not make anybody begin anew', async () => {
    world.user(BOB).lists.length = 0;
    expect(await reasonOf(() => bob.engine.start())).toBe('list_rollback');
    expect(await reasonOf(() => bob.engine.devices.setUp('Laptop'))).toBe('list_rollback');
    const again = bob.engine.devices.resetIdentity('Laptop');
    expect((await again).recoveryKey).toBeString();
    expect(await bob.engine.start()).toBe('ready');
  });

  test('that the server exchanges for a while costs no keys, even when the user asks to be let in', async () => {
    const { recoveryKey } = await bob.engine.devices.renewRecovery();
    const message = await alice.say(chat, 'before');
    const other = await FakeDevice.make({ world: new FakeWorld(), user: BOB, makeKeys });
    await other.setUp();
    const [foreign] = other.world.user(BOB).lists;
    if (foreign) world.user(BOB).lists.push(foreign);
    expect(await bob.engine.start()).toBe('needs_approval');
    await bob.engine.devices.requestApproval('Laptop');
    const mine = bob.engine.devices.secrets?.others.map(({ device_id }) => device_id) ?? [];
    world.user(BOB).lists.pop();
    expect(mine.filter((id) => world.user(BOB).devices.has(id))).toHaveLength(1);
    await bob.engine.devices.recover('Laptop', { key: recoveryKey ?? '' });
    expect(await bob.engine.start()).toBe('ready');
    await bob.take(message);
    expect(await bob.shown(chat)).toEqual(['before']);
  });
});

test('what was deleted is not kept, nor found again', async () => {
  const message = await alice.say(chat, 'a secret word');
  await bob.take(message);
  await (await bob.engine.chat(chat)).opened.erase(message.id);
  expect(await bob.engine.search.search('secret')).toEqual([]);
  const again = await FakeDevice.make({ world, user: BOB, makeKeys, store: bob.store });
  expect(await again.engine.search.search('secret')).toEqual([]);
  expect((await again.engine.chat(chat)).opened.get(message.id)?.outcome).toEqual({
    state: 'erased',
  });
  // Its place stays taken.
  await again.take({ ...message, id: 901, seq: 9 });
  expect(await again.shown(chat)).toEqual(['(replayed)']);
  await again.take(message);
  expect(await viewOf(asShown(message), (await again.engine.chat(chat)).opened)).toEqual({
    state: 'deleted',
    by: null,
  });
});
