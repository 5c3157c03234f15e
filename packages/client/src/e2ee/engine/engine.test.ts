import { beforeEach, describe, expect, test } from 'bun:test';
import { MemoryKeyStore } from '../../store/key-store';
import type { DeviceKeys } from '../keys/device-keys';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { reasonOf } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';

const [ALICE, BOB, CAROL] = [1, 2, 3] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;

beforeEach(() => {
  world = new FakeWorld();
  makeKeys = readyKeys();
});

const device = (user: number, store = new MemoryKeyStore()) =>
  FakeDevice.make({ world, user, makeKeys, store });

async function ready(user: number): Promise<FakeDevice> {
  const made = await device(user);
  await made.setUp();
  return made;
}

describe('setting up', () => {
  test('goes from nothing to ready, and stays so in the next run', async () => {
    const alice = await device(ALICE);
    expect(await alice.engine.start()).toBe('off');
    expect(alice.engine.isReady).toBe(false);
    expect(await reasonOf(() => alice.engine.chat(1))).toBe('unknown_device');
    await alice.setUp();
    expect(await alice.engine.start()).toBe('ready');
    expect((await device(ALICE, alice.store)).engine.isReady).toBe(true);
    expect(await reasonOf(() => alice.setUp())).toBe('not_allowed');
  });

  test('that broke off before the server heard of it is finished at the next start', async () => {
    const store = new MemoryKeyStore();
    const cut = await FakeDevice.make({
      world,
      user: ALICE,
      makeKeys,
      store,
      through: (server) => ({
        ...server,
        registerDevice: () => Promise.reject(new Error('no network')),
      }),
    });
    await expect(cut.setUp()).rejects.toThrow('no network');
    expect(world.user(ALICE).lists).toHaveLength(0);
    expect((await device(ALICE, store)).engine.isReady).toBe(true);
    expect(world.user(ALICE).lists).toHaveLength(1);
  });

  test("refuses a store with another user's keys", async () => {
    const alice = await ready(ALICE);
    expect(await reasonOf(() => device(BOB, alice.store))).toBe('misplaced');
  });
});

describe('a conversation', () => {
  test('is read by its members on both sides, and by nobody else', async () => {
    const [alice, bob, carol] = [await ready(ALICE), await ready(BOB), await ready(CAROL)];
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'Hello');
    await bob.fetch(chat);
    await bob.say(chat, 'Hi');
    await Promise.all([alice.fetch(chat), bob.fetch(chat)]);
    expect(await alice.shown(chat)).toEqual(['Hello', 'Hi']);
    expect(await bob.shown(chat)).toEqual(['Hello', 'Hi']);
    world.room(chat).members.set(CAROL, 'member');
    await carol.fetch(chat);
    expect(await carol.shown(chat)).toEqual(['(missing_key)', '(missing_key)']);
    expect(world.room(chat).epochs).toHaveLength(1);
  });

  test('is read in the next run from what was kept', async () => {
    const [alice, bob] = [await ready(ALICE), await ready(BOB)];
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'Hello');
    await bob.fetch(chat);
    const again = await device(BOB, bob.store);
    expect(await again.shown(chat)).toEqual(['Hello']);
    await again.say(chat, 'Back');
    expect(world.room(chat).epochs).toHaveLength(1);
  });

  test('goes on while members come and go, each reading what was written while they were in', async () => {
    const [alice, bob, carol] = [await ready(ALICE), await ready(BOB), await ready(CAROL)];
    const chat = await alice.makeRoom('group', [BOB]);
    const { members } = await alice.engine.chat(chat);
    await alice.say(chat, 'one');
    await members.add(CAROL);
    await alice.say(chat, 'two');
    await carol.fetch(chat);
    await carol.say(chat, 'three');
    await members.remove(CAROL);
    await alice.say(chat, 'four');
    for (const one of [alice, bob, carol]) {
      world.room(chat).members.set(CAROL, 'member');
      await one.fetch(chat);
    }
    expect(await alice.shown(chat)).toEqual(['one', 'two', 'three', 'four']);
    expect(await bob.shown(chat)).toEqual(['one', 'two', 'three', 'four']);
    expect(await carol.shown(chat)).toEqual(['(missing_key)', 'two', 'three', '(missing_key)']);
  });

  test('shows everything to who joins where history is shared', async () => {
    const [alice, carol] = [await ready(ALICE), await ready(CAROL)];
    const chat = await alice.makeRoom('group', [], true);
    for (const text of ['one', 'two', 'three']) {
      await alice.say(chat, text);
      world.room(chat).isStale = true;
    }
    await (await alice.engine.chat(chat)).members.add(CAROL);
    await carol.fetch(chat);
    expect(world.room(chat).epochs).toHaveLength(4);
    expect(await carol.shown(chat)).toEqual(['one', 'two', 'three']);
  });
});

describe('a further device', () => {
  async function withHistory() {
    const [alice, bob] = [await ready(ALICE), await device(BOB)];
    const recovery = await bob.setUp();
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'before');
    await bob.fetch(chat);
    return { alice, bob, recovery, chat };
  }

  test('reads the whole history after the recovery key, and everything from then on', async () => {
    const { alice, bob, recovery, chat } = await withHistory();
    await bob.engine.backup.save();
    const second = await device(BOB);
    expect(await second.engine.start()).toBe('needs_approval');
    await second.engine.devices.recover('Phone', { key: recovery });
    expect(await second.engine.start()).toBe('ready');
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'after');
    await second.fetch(chat);
    expect(await second.shown(chat)).toEqual(['before', 'after']);
  });

  test('is not let in by a wrong recovery key', async () => {
    await withHistory();
    const second = await device(BOB);
    const wrong = { passphrase: 'not the right words' };
    expect(await reasonOf(() => second.engine.devices.recover('Phone', wrong))).toBe(
      'wrong_recovery_key',
    );
    const typo = { key: 'ABCD' };
    expect(await reasonOf(() => second.engine.devices.recover('Phone', typo))).toBe('mistyped_key');
    expect(await second.engine.start()).toBe('needs_approval');
  });

  test('is let in by the code that it shows, and keeps the backup from then on', async () => {
    const { alice, bob, chat } = await withHistory();
    const second = await device(BOB);
    const { code } = await second.engine.devices.requestApproval('Phone');
    expect(await second.engine.devices.takeGrant()).toBe('pending');
    expect((await bob.engine.devices.approve(code.toLowerCase())).name).toBe('Phone');
    expect(await second.engine.devices.takeGrant()).toBe('ready');
    expect(await second.engine.start()).toBe('ready');
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'after');
    await second.fetch(chat);
    expect(await second.shown(chat)).toEqual(['before', 'after']);
    const { version } = world.user(BOB).backup;
    await second.engine.backup.save();
    expect(world.user(BOB).backup.version).toBe(version + 1);
    await bob.engine.backup.save();
    expect(bob.engine.devices.secrets?.others).toHaveLength(1);
    expect(bob.engine.backup.isLocked).toBe(false);
  });

  test('is not let in by another code, nor with keys that the server put in', async () => {
    const { bob } = await withHistory();
    const second = await device(BOB);
    const { code, qr } = await second.engine.devices.requestApproval('Phone');
    const { devices } = bob.engine;
    expect(await reasonOf(() => devices.approve('0000-0000-0000-0000'))).toBe('wrong_code');
    expect(await reasonOf(() => devices.approve('nonsense'))).toBe('wrong_code');
    const [asked] = [...world.user(BOB).approvals.values()];
    if (asked) Object.assign(asked.request, { signing_key: 'A'.repeat(43) });
    expect(await reasonOf(() => devices.approve(code))).toBe('wrong_code');
    expect(await reasonOf(() => devices.approve(qr))).toBe('wrong_code');
  });

  test('that was removed reads nothing new', async () => {
    const { alice, bob, recovery, chat } = await withHistory();
    await bob.engine.backup.save();
    const second = await device(BOB);
    await second.engine.devices.recover('Phone', { key: recovery });
    await second.engine.start();
    const { deviceId } = { deviceId: second.engine.devices.secrets?.device.listed.device_id ?? '' };
    await bob.engine.devices.removeDevice(deviceId);
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'secret');
    const spy = world
      .room(chat)
      .epochs.at(-1)
      ?.jwe.recipients.map((one) => one.header.kid);
    expect(spy).toHaveLength(2);
    expect(await second.engine.start()).toBe('needs_approval');
    await bob.fetch(chat);
    expect(await bob.shown(chat)).toEqual(['before', 'secret']);
  });

  test('gets an epoch that was made while it was being let in', async () => {
    const { alice, bob, chat } = await withHistory();
    const second = await device(BOB);
    const { code } = await second.engine.devices.requestApproval('Phone');
    const server = world.as(BOB);
    // Between what is handed over and the new list, Alice makes an epoch that Bob does not know of.
    const grantApproval = world.as(BOB).grantApproval;
    const late = await FakeDevice.make({
      world,
      user: BOB,
      makeKeys,
      store: bob.store,
      through: () => ({
        ...server,
        grantApproval: async (...granted) => {
          world.room(chat).isStale = true;
          await alice.say(chat, 'meanwhile');
          await grantApproval(...granted);
        },
      }),
    });
    await late.engine.devices.approve(code);
    await second.engine.devices.takeGrant();
    await second.engine.start();
    await second.fetch(chat);
    expect(await second.shown(chat)).toEqual(['before', 'meanwhile']);
  });

  test('that is in already is told a new recovery key by recovering', async () => {
    const { bob, chat, alice } = await withHistory();
    const second = await device(BOB);
    const { code } = await second.engine.devices.requestApproval('Phone');
    await bob.engine.devices.approve(code);
    await second.engine.devices.takeGrant();
    await second.engine.start();
    const { recoveryKey } = await bob.engine.devices.renewRecovery();
    await second.engine.backup.exchange();
    expect(second.engine.backup.isLocked).toBe(true);
    const recover = (key: string) => second.engine.devices.recover('Phone', { key });
    expect(await reasonOf(() => recover('no key'))).toBe('mistyped_key');
    await recover(recoveryKey ?? '');
    expect(second.engine.backup.isLocked).toBe(false);
    expect(world.user(BOB).devices.size).toBe(2);
    await alice.say(chat, 'after');
    await second.fetch(chat);
    expect((await second.shown(chat)).at(-1)).toBe('after');
  });

  test('after a reset, everybody is told of the new identity', async () => {
    const { alice, chat } = await withHistory();
    const fresh = await device(BOB);
    await fresh.engine.devices.resetIdentity('Phone');
    expect(await fresh.engine.start()).toBe('ready');
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'to the new one');
    expect(alice.changes).toEqual([{ user_id: BOB, was_verified: false }]);
    await fresh.fetch(chat);
    expect(await fresh.shown(chat)).toEqual(['(missing_key)', 'to the new one']);
  });
});

describe('a verified contact', () => {
  test('whose identity changed gets nothing until that is resolved', async () => {
    const [alice, bob] = [await ready(ALICE), await ready(BOB)];
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'one');
    const { peers } = alice.engine;
    const identity = bob.engine.devices.secrets?.identity?.public ?? '';
    await peers.verify(BOB, identity);
    expect(await peers.isVerified(BOB)).toBe(true);
    await (await device(BOB)).engine.devices.resetIdentity('Other');
    await alice.engine.peerChanged(BOB);
    expect(await reasonOf(() => alice.say(chat, 'two'))).toBe('identity_changed');
    expect(alice.changes).toEqual([{ user_id: BOB, was_verified: true }]);
    expect(await reasonOf(() => peers.verify(BOB, identity))).toBe('identity_changed');
    await peers.accept(BOB);
    await alice.say(chat, 'three');
    expect(world.room(chat).messages).toHaveLength(2);
  });

  test('cannot be led back to the identity that they left', async () => {
    const [alice, bob] = [await ready(ALICE), await ready(BOB)];
    const chat = await alice.makeRoom('direct', [BOB]);
    await alice.say(chat, 'zero');
    const [old] = world.user(BOB).lists;
    await bob.engine.devices.resetIdentity('Other');
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'one');
    if (old) world.user(BOB).lists.push(old);
    await alice.engine.peerChanged(BOB);
    await alice.say(chat, 'two');
    expect(alice.changes).toHaveLength(1);
    expect(world.room(chat).epochs).toHaveLength(2);
  });
});
