import { beforeEach, expect, test } from 'bun:test';
import { FakeTime } from '../../testing/fake-time';
import type { DeviceKeys } from '../keys/device-keys';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { reasonOf } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';

const [ALICE, BOB] = [1, 2] as const;
let world: FakeWorld;
let time: FakeTime;
let makeKeys: () => Promise<DeviceKeys>;
let alice: FakeDevice;

const make = (user: number) => FakeDevice.make({ world, user, makeKeys, time });
const version = () => world.user(ALICE).backup.version;

beforeEach(async () => {
  world = new FakeWorld();
  time = new FakeTime();
  makeKeys = readyKeys();
  alice = await make(ALICE);
});

async function further(recovery: string): Promise<FakeDevice> {
  const device = await make(ALICE);
  await device.engine.devices.recover('Phone', { key: recovery });
  await device.engine.start();
  return device;
}

test('new keys are backed up a moment later, several by one write', async () => {
  await alice.setUp();
  await (await make(BOB)).setUp();
  const before = version();
  for (const _ of [1, 2]) {
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'hello');
  }
  expect(version()).toBe(before);
  await time.advance(2_000);
  await alice.engine.backup.save();
  expect(version()).toBe(before + 1);
});

test('two devices that write at once lose nothing of each other', async () => {
  const recovery = await alice.setUp();
  const phone = await further(recovery);
  await (await make(BOB)).setUp();
  const [one, two] = [await alice.makeRoom('direct', [BOB]), await phone.makeRoom('direct', [BOB])];
  await alice.say(one, 'hello');
  await phone.say(two, 'hello');
  await Promise.all([alice.engine.backup.save(), phone.engine.backup.save()]);
  const third = await further(recovery);
  for (const chat of [one, two]) {
    await third.fetch(chat);
    expect(await third.shown(chat)).toEqual(['hello']);
  }
});

test('under a new recovery key, other devices overwrite nothing until they are told it', async () => {
  const recovery = await alice.setUp();
  const phone = await further(recovery);
  const locked: unknown[] = [];
  phone.engine.events.on('backup_locked', (event) => locked.push(event));
  const { recoveryKey } = await alice.engine.devices.renewRecovery();
  const kept = version();
  await phone.engine.backup.exchange();
  expect(locked).toHaveLength(1);
  expect(version()).toBe(kept);
  expect(await reasonOf(() => further(recovery))).toBe('wrong_recovery_key');
  await phone.engine.devices.unlockBackup({ key: recoveryKey ?? '' });
  expect(phone.engine.backup.isLocked).toBe(false);
  expect(version()).toBe(kept + 1);
  await further(recoveryKey ?? '');
});

test('an old backup that the server hands out again takes nothing away', async () => {
  const recovery = await alice.setUp();
  await (await make(BOB)).setUp();
  const old = world.user(ALICE).backup;
  const chat = await alice.makeRoom('direct', [BOB]);
  await alice.say(chat, 'hello');
  await alice.engine.backup.save();
  world.user(ALICE).backup = old;
  await alice.engine.backup.exchange();
  expect(version()).toBe(old.version + 1);
  const phone = await further(recovery);
  await phone.fetch(chat);
  expect(await phone.shown(chat)).toEqual(['hello']);
});
