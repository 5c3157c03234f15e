import { beforeEach, describe, expect, test } from 'bun:test';
import { ClientError } from '../../errors';
import { MemoryKeyStore } from '../../store/key-store';
import type { DeviceKeys } from '../keys/device-keys';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { reasonOf } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';

const [ALICE, BOB, CAROL] = [1, 2, 3] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;
/** The call that breaks off before it reaches the server. */
let broken: string | null;
/** How it fails. */
let fault: ClientError;

beforeEach(() => {
  world = new FakeWorld();
  makeKeys = readyKeys();
  broken = null;
  fault = new ClientError('network', 'The server cannot be reached');
});

const opened = (user: number, store = new MemoryKeyStore()): Promise<FakeDevice> =>
  FakeDevice.make({
    world,
    user,
    makeKeys,
    store,
    through: (server) =>
      new Proxy(server, {
        get: (target, name) => {
          if (name !== broken) return target[name as keyof typeof target];
          return () => Promise.reject(fault);
        },
      }),
  });

async function ready(user: number): Promise<FakeDevice> {
  const made = await opened(user);
  await made.setUp();
  return made;
}

const logged = async (device: FakeDevice, chat: number) => {
  const { log } = await device.engine.chat(chat);
  await log.refresh();
  return [...(log.members?.members.keys() ?? [])].sort();
};

/** Cuts a change in two, and lets the next start finish it. */
async function cut(device: FakeDevice, chat: number, at: string, change: () => Promise<void>) {
  broken = at;
  await expect(change()).rejects.toThrow('cannot be reached');
  broken = null;
  expect(await device.engine.unfinished()).toEqual([chat]);
  await (await device.engine.chat(chat)).members.reconcile();
  expect(await device.engine.unfinished()).toEqual([]);
}

describe('a change that a crash cut in two', () => {
  test('is finished with what was wanted, wherever it broke off', async () => {
    const alice = await ready(ALICE);
    const chat = await alice.makeRoom('group', [BOB]);
    const { members } = await alice.engine.chat(chat);
    await cut(alice, chat, 'addMember', () => members.add(CAROL));
    expect(await logged(alice, chat)).toEqual([ALICE, BOB, CAROL]);
    await cut(alice, chat, 'appendMembership', () => members.remove(BOB));
    expect(await logged(alice, chat)).toEqual([ALICE, CAROL]);
    expect([...world.room(chat).members.keys()]).toEqual([ALICE, CAROL]);
    await cut(alice, chat, 'setRole', () => members.setRole(CAROL, 'admin'));
    expect(world.room(chat).members.get(CAROL)).toBe('admin');
  });

  test('in the making of a chat gives keys to nobody but those who were meant', async () => {
    const alice = await ready(ALICE);
    const chat = world.makeRoom('group', ALICE, [BOB]);
    const { members } = await alice.engine.chat(chat);
    await cut(alice, chat, 'appendMembership', async () => {
      await members.create([BOB], false);
    });
    world.room(chat).members.set(CAROL, 'member');
    await members.reconcile();
    expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
    expect(await members.unsigned()).toEqual([CAROL]);
  });

  test('that is refused for good by now is given up, and keeps nothing else waiting', async () => {
    const alice = await ready(ALICE);
    const chat = await alice.makeRoom('group', [BOB]);
    const { members } = await alice.engine.chat(chat);
    broken = 'addMember';
    await expect(members.add(CAROL)).rejects.toThrow('cannot be reached');
    broken = 'setRole';
    await expect(members.setRole(BOB, 'admin')).rejects.toThrow('cannot be reached');
    broken = 'addMember';
    fault = new ClientError('not_found', 'There is no such user');
    await members.reconcile();
    expect(await alice.engine.unfinished()).toEqual([]);
    expect(world.room(chat).members.get(BOB)).toBe('admin');
    expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
  });

  test('that was refused for good is not tried again', async () => {
    const [alice, bob] = [await ready(ALICE), await ready(BOB)];
    const chat = await alice.makeRoom('group', [BOB]);
    const { members } = await bob.engine.chat(chat);
    expect(await reasonOf(() => members.setRole(ALICE, 'member'))).toBe('not_allowed');
    expect(await bob.engine.unfinished()).toEqual([]);
  });
});

test('who left without a word is struck out by an admin, so that only a signature lets them back', async () => {
  const [alice, bob] = [await ready(ALICE), await ready(BOB)];
  const chat = await alice.makeRoom('group', [BOB, CAROL]);
  world.room(chat).members.delete(CAROL);
  await (await bob.engine.chat(chat)).members.reconcile();
  expect(await logged(bob, chat)).toEqual([ALICE, BOB, CAROL]);
  await (await alice.engine.chat(chat)).members.reconcile();
  expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
});

test('a direct chat that nobody signed yet is signed by whoever writes first', async () => {
  const [alice, bob] = [await ready(ALICE), await ready(BOB)];
  const chat = world.makeRoom('direct', ALICE, [BOB]);
  await bob.say(chat, 'hello');
  await alice.fetch(chat);
  expect(await alice.shown(chat)).toEqual(['hello']);
  expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
});

test('nothing is sent to somebody who could never read it', async () => {
  const alice = await ready(ALICE);
  const chat = await alice.makeRoom('direct', [BOB]);
  expect(await reasonOf(() => alice.say(chat, 'hello'))).toBe('unknown_device');
  expect(world.room(chat).epochs).toHaveLength(0);
});

test('who leaves signs it first, and then the server hears of it', async () => {
  const [alice, bob] = [await ready(ALICE), await ready(BOB)];
  const chat = await alice.makeRoom('group', [BOB]);
  await (await bob.engine.chat(chat)).members.leave();
  expect([...world.room(chat).members.keys()]).toEqual([ALICE]);
  expect(await logged(alice, chat)).toEqual([ALICE]);
});

test('two changes at once are both remembered until they are done', async () => {
  const alice = await ready(ALICE);
  const chat = await alice.makeRoom('group', [BOB]);
  const { members } = await alice.engine.chat(chat);
  broken = 'addMember';
  const DAVE = 4;
  const cuts = [CAROL, DAVE].map((user) => members.add(user).catch((error) => error));
  for (const cutOff of await Promise.all(cuts)) expect(cutOff).toBeInstanceOf(ClientError);
  broken = null;
  await members.reconcile();
  expect(await logged(alice, chat)).toEqual([ALICE, BOB, CAROL, DAVE]);
  expect(await alice.engine.unfinished()).toEqual([]);
});

test('… those of two tabs too', async () => {
  const alice = await ready(ALICE);
  const chat = await alice.makeRoom('group', [BOB]);
  const tab = await opened(ALICE, alice.store);
  const both = [await alice.engine.chat(chat), await tab.engine.chat(chat)];
  broken = 'addMember';
  const DAVE = 4;
  const cuts = both.map(({ members }, at) => members.add(at === 0 ? CAROL : DAVE));
  for (const { status } of await Promise.allSettled(cuts)) expect(status).toBe('rejected');
  broken = null;
  await both[0]?.members.reconcile();
  expect(await logged(alice, chat)).toEqual([ALICE, BOB, CAROL, DAVE]);
});

/** A tab whose removals wait on their way to the server. */
async function slowTab(user: number, store: MemoryKeyStore) {
  const way = Promise.withResolvers<void>();
  const tab = await FakeDevice.make({
    world,
    user,
    makeKeys,
    store,
    through: (server) =>
      new Proxy(server, {
        get: (target, name) => {
          if (name !== 'removeMember') return target[name as keyof typeof target];
          return (...input: [number, number]) =>
            way.promise.then(() => target.removeMember(...input));
        },
      }),
  });
  return { tab, free: way.resolve };
}

test('what one tab is about to do, another one does not do again later', async () => {
  const alice = await ready(ALICE);
  const chat = await alice.makeRoom('group', [BOB]);
  const first = await slowTab(ALICE, alice.store);
  const second = await slowTab(ALICE, alice.store);
  const { members } = await first.tab.engine.chat(chat);
  const removing = members.remove(BOB);
  const finishing = (await second.tab.engine.chat(chat)).members.reconcile();
  first.free();
  await removing;
  expect(await logged(alice, chat)).toEqual([ALICE]);
  await members.add(BOB);
  second.free();
  await finishing;
  expect([...world.room(chat).members.keys()]).toEqual([ALICE, BOB]);
  expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
});

test('who is added again is not removed by what broke off before', async () => {
  const alice = await ready(ALICE);
  const chat = await alice.makeRoom('group', [BOB]);
  const { members } = await alice.engine.chat(chat);
  broken = 'appendMembership';
  await expect(members.remove(BOB)).rejects.toThrow('cannot be reached');
  broken = null;
  await members.add(BOB);
  await members.reconcile();
  expect([...world.room(chat).members.keys()]).toEqual([ALICE, BOB]);
  expect(await logged(alice, chat)).toEqual([ALICE, BOB]);
});
