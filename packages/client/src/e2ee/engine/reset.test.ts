import { beforeEach, describe, expect, test } from 'bun:test';
import type { DeviceKeys } from '../keys/device-keys';
import { keyId } from '../keys/wrapping';
import { makeEntry } from '../membership/entry';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { usableSigner } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';

/** Alice lost a device, or had it stolen, and began anew under another identity. */

const [ALICE, BOB, MALLORY] = [1, 2, 3] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;
let stolen: FakeDevice;
let alice: FakeDevice;
let bob: FakeDevice;
let bobsKey: string;
let chat: number;

const device = (user: number) => FakeDevice.make({ world, user, makeKeys });

beforeEach(async () => {
  world = new FakeWorld();
  makeKeys = readyKeys();
  [stolen, bob] = [await device(ALICE), await device(BOB)];
  await stolen.setUp();
  bobsKey = await bob.setUp();
  chat = await stolen.makeRoom('group', [BOB]);
  await stolen.say(chat, 'before');
  await bob.fetch(chat);
});

async function reset(): Promise<void> {
  alice = await device(ALICE);
  await alice.engine.devices.resetIdentity('New laptop');
  await alice.engine.start();
  await bob.engine.peerChanged(ALICE);
}

describe('a chat whose owner began anew', () => {
  test('goes on for them and for those who were there', async () => {
    await reset();
    await alice.say(chat, 'here again');
    await bob.say(chat, 'welcome back');
    for (const one of [alice, bob]) await one.fetch(chat);
    expect(await bob.shown(chat)).toEqual(['before', 'here again', 'welcome back']);
    expect(await alice.shown(chat)).toEqual(['(missing_key)', 'here again', 'welcome back']);
  });

  test('goes on at once on the device that they began anew with', async () => {
    await stolen.engine.devices.resetIdentity('The same laptop');
    await stolen.engine.start();
    await bob.engine.peerChanged(ALICE);
    await stolen.fetch(chat);
    await stolen.say(chat, 'with other keys');
    await bob.say(chat, 'so I see');
    for (const one of [stolen, bob]) await one.fetch(chat);
    const texts = ['before', 'with other keys', 'so I see'];
    expect(await bob.shown(chat)).toEqual(texts);
    expect(await stolen.shown(chat)).toEqual(texts);
  });

  test('opens whole on a new device of somebody else’s', async () => {
    await reset();
    await alice.say(chat, 'here again');
    await bob.fetch(chat);
    await bob.engine.backup.save();
    const phone = await device(BOB);
    await phone.engine.devices.recover('Phone', { key: bobsKey });
    await phone.engine.start();
    await phone.fetch(chat);
    expect(await phone.shown(chat)).toEqual(['before', 'here again']);
  });
});

/** What the thief signs into the log with the device that they hold, as the server lets them. */
async function slipIn(user: number, role: 'admin' | 'member' = 'member'): Promise<void> {
  const { log } = await bob.engine.chat(chat);
  await log.refresh();
  const own = stolen.engine.devices.secrets?.device.listed.device_id ?? '';
  const place = {
    chat,
    n: world.room(chat).log.length,
    prev: log.verified.heads.at(-1) ?? null,
    by: ALICE,
    device: own,
    at: 1,
  };
  const signing = await usableSigner(stolen.engine.devices.secrets?.device.signing ?? '');
  world.room(chat).log.push(await makeEntry(signing, place, { action: 'add', user, role }));
  world.room(chat).members.set(user, role);
  world.room(chat).isStale = true;
}

const kidOf = (one: FakeDevice) =>
  keyId(one.engine.devices.secrets?.device.listed.public_key ?? '');
const reached = () =>
  world
    .room(chat)
    .epochs.at(-1)
    ?.jwe.recipients.map((one) => one.header.kid) ?? [];

describe('a device of an identity that was left', () => {
  test('lets nobody in any more where the change is known', async () => {
    const mallory = await device(MALLORY);
    await mallory.setUp();
    await reset();
    await slipIn(MALLORY);
    await bob.say(chat, 'among us');
    expect(reached()).not.toContain(await kidOf(mallory));
    expect(reached()).toContain(await kidOf(alice));
    expect(await (await bob.engine.chat(chat)).members.unsigned()).toEqual([MALLORY]);
    // So it is in the next run too.
    const again = await FakeDevice.make({ world, user: BOB, makeKeys, store: bob.store });
    world.room(chat).isStale = true;
    await again.say(chat, 'still among us');
    expect(reached()).not.toContain(await kidOf(mallory));
  });

  test('lets nobody in by somebody whom it had let in', async () => {
    const [mallory, eve] = [await device(MALLORY), await device(4)];
    await mallory.setUp();
    await eve.setUp();
    await reset();
    await slipIn(MALLORY, 'admin');
    await (await mallory.engine.chat(chat)).members.add(4);
    await bob.say(chat, 'among us');
    expect(reached()).not.toContain(await kidOf(eve));
  });

  test('had its say before: who was let in then stays', async () => {
    const mallory = await device(MALLORY);
    await mallory.setUp();
    await (await stolen.engine.chat(chat)).members.add(MALLORY);
    await bob.engine.chatChanged(chat);
    await reset();
    await bob.say(chat, 'to all of us');
    expect(reached()).toContain(await kidOf(mallory));
  });

  test('whose word came late is made good by the owner, who lets them in again', async () => {
    const carol = await device(MALLORY);
    await carol.setUp();
    await reset();
    await slipIn(MALLORY);
    await bob.say(chat, 'one');
    const { members } = await alice.engine.chat(chat);
    await members.remove(MALLORY);
    await members.add(MALLORY);
    await bob.say(chat, 'two');
    expect(reached()).toContain(await kidOf(carol));
  });
});
