import { beforeEach, expect, test } from 'bun:test';
import { Contacts } from './contacts';
import type { DeviceKeys } from './keys/device-keys';
import { FakeDevice } from './testing/fake-device';
import { FakeWorld } from './testing/fake-world';
import { readyKeys } from './testing/ready-keys';

const [ALICE, BOB] = [1, 2] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;

beforeEach(() => {
  world = new FakeWorld();
  makeKeys = readyKeys();
});

async function ready(user: number): Promise<FakeDevice> {
  const made = await FakeDevice.make({ world, user, makeKeys });
  await made.setUp();
  return made;
}

function contactsOf({ engine }: FakeDevice): Contacts {
  const { peers, devices, user } = engine;
  return new Contacts({ peers, user, identity: () => devices.secrets?.identity?.public ?? null });
}

test('trust goes from nothing over verified to changed, and is taken back by accepting', async () => {
  const alice = await ready(ALICE);
  const contacts = contactsOf(alice);
  expect(await contacts.trust(BOB)).toBe('unknown');
  expect(await contacts.devices(BOB)).toEqual([]);

  const bob = await ready(BOB);
  alice.engine.peers.outdated(BOB);
  expect(await contacts.devices(BOB)).toEqual([
    bob.engine.devices.secrets?.device.listed.device_id ?? '',
  ]);
  expect(await contacts.trust(BOB)).toBe('unverified');
  const { digits } = await contactsOf(bob).safetyNumber(ALICE);
  await contacts.verify(BOB, digits);
  expect(await contacts.trust(BOB)).toBe('verified');

  await bob.engine.devices.resetIdentity('Phone');
  alice.engine.peers.outdated(BOB);
  expect(await contacts.trust(BOB)).toBe('verified');
  await contacts.devices(BOB);
  expect(await contacts.trust(BOB)).toBe('changed');
  await contacts.accept(BOB);
  expect(await contacts.trust(BOB)).toBe('unverified');
});
