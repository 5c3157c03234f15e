import { beforeEach, describe, expect, test } from 'bun:test';
import { makeDeviceList, readList } from '../devices/device-list';
import { fromBase64Url, toBase64Url, utf8 } from '../encoding';
import { makeEpoch, newEpochKey } from '../epochs/epoch';
import { hashText } from '../hash';
import type { DeviceKeys } from '../keys/device-keys';
import { generateSigningPair } from '../keys/signing';
import { keyId } from '../keys/wrapping';
import { makeEntry } from '../membership/entry';
import { sealMessage } from '../messages/message';
import { FakeDevice, nextUuid } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { listed, reasonOf, usableSigner } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';
import type { Delivered } from './opened';

/**
 * A server that rewrites, drops, replays, reorders and injects. Whatever it does, no text is shown
 * that was not sent, and nobody gets keys whom the members did not let in.
 */

const [ALICE, BOB, MALLORY] = [1, 2, 3] as const;
let world: FakeWorld;
let makeKeys: () => Promise<DeviceKeys>;
let alice: FakeDevice;
let bob: FakeDevice;
let chat: number;

async function ready(user: number): Promise<FakeDevice> {
  const made = await FakeDevice.make({ world, user, makeKeys });
  await made.setUp();
  return made;
}

beforeEach(async () => {
  world = new FakeWorld();
  makeKeys = readyKeys();
  [alice, bob] = [await ready(ALICE), await ready(BOB)];
  chat = await alice.makeRoom('group', [BOB]);
});

const flipped = (text: string, at = 5) => {
  const bytes = fromBase64Url(text);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return toBase64Url(bytes);
};

const rewritten = (message: Delivered, change: object): Delivered => {
  const header = JSON.parse(Buffer.from(message.envelope.h, 'base64url').toString());
  const h = toBase64Url(utf8(JSON.stringify({ ...header, ...change })));
  return { ...message, envelope: { ...message.envelope, h } };
};

/** What Bob is shown when a message comes changed. */
async function shownAfter(change: (message: Delivered) => Delivered): Promise<string[]> {
  const message = await alice.say(chat, 'the truth');
  await bob.take(change(message));
  return bob.shown(chat);
}

describe('a message', () => {
  test('with a flipped bit in any part is refused', async () => {
    const { envelope, ...rest } = await alice.say(chat, 'the truth');
    const bad = (change: object) => ({ ...rest, envelope: { ...envelope, ...change } });
    await bob.take(bad({ c: flipped(envelope.c) }));
    expect(await bob.shown(chat)).toEqual(['(bad_signature)']);
    await bob.take(bad({ s: flipped(envelope.s) }));
    expect(await bob.shown(chat)).toEqual(['(bad_signature)']);
    await bob.take(bad({ h: '!' }));
    expect(await bob.shown(chat)).toEqual(['(malformed)']);
    await bob.take({ ...rest, envelope });
    expect(await bob.shown(chat)).toEqual(['the truth']);
  });

  test.each([
    ['another sender', { sender_id: MALLORY }],
    ['another id', { client_message_id: '00000000-0000-4000-8000-999999999999' }],
    ['an edit', { is_edited: true }],
  ])('delivered as %s is misplaced', async (_, change) => {
    expect(await shownAfter((message) => ({ ...message, ...change }))).toEqual(['(misplaced)']);
  });

  test('moved to another chat is misplaced', async () => {
    const other = await alice.makeRoom('group', [BOB]);
    const message = await alice.say(chat, 'the truth');
    await bob.take({ ...message, chat_id: other });
    expect(await bob.shown(other)).toEqual(['(misplaced)']);
  });

  test.each([
    ['another epoch', { epoch: 2 }, 'bad_signature'],
    ['another device', { device: `${'A'.repeat(21)}A` }, 'unknown_device'],
    ['a newer version', { v: 2 }, 'unsupported_version'],
    ['another sender', { from: MALLORY }, 'misplaced'],
  ])('relabelled with %s is refused', async (_, change, reason) => {
    expect(await shownAfter((message) => rewritten(message, change))).toEqual([`(${reason})`]);
  });

  test('delivered twice is shown once', async () => {
    const message = await alice.say(chat, 'pay 100');
    await bob.take(message, message, { ...message, id: 900, seq: 9 });
    expect(await bob.shown(chat)).toEqual(['pay 100', '(replayed)']);
  });

  test('that was edited does not come back as it was before', async () => {
    const first = await alice.say(chat, 'one');
    await bob.take(first);
    const second = await alice.edit(first, 'two');
    const third = await alice.edit(second, 'three');
    await bob.take(second, third);
    expect(await bob.shown(chat)).toEqual(['three']);
    for (const old of [first, second]) {
      await bob.take(old);
      expect(await bob.shown(chat)).toEqual(['(replayed)']);
    }
    await bob.take(third);
    expect(await bob.shown(chat)).toEqual(['three']);
  });

  test('does not take the place of another by an edit of its own', async () => {
    const [one, two] = [await alice.say(chat, 'one'), await alice.say(chat, 'two')];
    const edited = await alice.edit(one, 'changed');
    await bob.take(two, { ...two, is_edited: true, envelope: edited.envelope });
    expect(await bob.shown(chat)).toEqual(['(misplaced)']);
  });

  test('from somebody who was removed, under their last epoch, is refused as too late', async () => {
    const mallory = await ready(MALLORY);
    const { members } = await alice.engine.chat(chat);
    await members.add(MALLORY);
    await mallory.say(chat, 'in time');
    await members.remove(MALLORY);
    await alice.say(chat, 'among us');
    world.room(chat).members.set(MALLORY, 'member');
    const crypto = await mallory.engine.chat(chat);
    const held = crypto.epochs.require(1);
    const own = mallory.engine.devices.secrets?.device.listed.device_id ?? '';
    const client_message_id = nextUuid();
    const place = { chat, epoch: 1, from: MALLORY, device: own, client_message_id };
    const signing = await signerOf(mallory);
    const body = { kind: 'message', text: 'too late' } as const;
    const envelope = await sealMessage({ epoch: held.key, signing }, place, body);
    const late = { id: 901, chat_id: chat, seq: 9, sender_id: MALLORY, is_edited: false };
    await bob.fetch(chat);
    await bob.take({ ...late, client_message_id, envelope });
    expect(await bob.shown(chat)).toEqual(['in time', 'among us', '(old_epoch)']);
  });

  test('of somebody whom only the server let in is no member’s', async () => {
    const mallory = await ready(MALLORY);
    await alice.say(chat, 'hello');
    world.room(chat).members.set(MALLORY, 'member');
    const device = mallory.engine.devices.secrets?.device.listed.device_id ?? '';
    const client_message_id = nextUuid();
    const place = { chat, epoch: 1, from: MALLORY, device, client_message_id };
    const signing = await signerOf(mallory);
    const envelope = await sealMessage({ epoch: newEpochKey(), signing }, place, {
      kind: 'message',
      text: 'I belong here',
    });
    const slipped = { id: 902, chat_id: chat, seq: 9, sender_id: MALLORY, is_edited: false };
    await bob.fetch(chat);
    await bob.take({ ...slipped, client_message_id, envelope });
    expect(await bob.shown(chat)).toEqual(['hello', '(not_a_member)']);
  });

  test('is not deleted in another’s name by a plain member', async () => {
    const message = await alice.say(chat, 'stays');
    const target = { target: message.client_message_id, target_from: ALICE };
    const said = await bob.sendBody(chat, { kind: 'deletion', ...target });
    await alice.take(message, said);
    expect(await alice.shown(chat)).toEqual(['stays', '(not_allowed)']);
  });
});

const signerOf = (device: FakeDevice) =>
  usableSigner(device.engine.devices.secrets?.device.signing ?? '');

/** The kids that the newest epoch reaches. */
const reached = () =>
  world
    .room(chat)
    .epochs.at(-1)
    ?.jwe.recipients.map((one) => one.header.kid) ?? [];

describe('keys', () => {
  test('do not go to a ghost member, nor to a ghost device', async () => {
    const mallory = await ready(MALLORY);
    await alice.say(chat, 'one');
    const ghost = await keyId(mallory.engine.devices.secrets?.device.listed.public_key ?? '');
    world.room(chat).members.set(MALLORY, 'member');
    world.room(chat).isStale = true;
    await alice.say(chat, 'two');
    expect(reached()).not.toContain(ghost);
    expect(await (await alice.engine.chat(chat)).members.unsigned()).toEqual([MALLORY]);
    // A device that the server puts into Bob's list is not vouched for by his identity.
    const list = world.user(BOB).lists.at(-1);
    const text = list?.text ?? '';
    const { version, devices } = readList(text);
    const forged = { ...readList(text), version: version + 1, prev: await hashText(text) };
    const keys = await makeKeys();
    const slipped = { ...forged, devices: [...devices, listed(keys)] };
    world.user(BOB).lists.push({ text: JSON.stringify(slipped), signature: list?.signature ?? '' });
    await alice.engine.peerChanged(BOB);
    world.room(chat).isStale = true;
    await alice.say(chat, 'three');
    expect(reached()).toHaveLength(2);
    expect(reached()).not.toContain(await keyId(keys.wrapping.publicKey));
  });

  test('do not go to a device that was taken off the list, when the old list comes back', async () => {
    const phone = await FakeDevice.make({ world, user: BOB, makeKeys });
    const { code } = await phone.engine.devices.requestApproval('Phone');
    await bob.engine.devices.approve(code);
    const withPhone = world.user(BOB).lists.at(-1);
    const phoneId = [...world.user(BOB).devices.keys()].at(-1) ?? '';
    await bob.engine.devices.removeDevice(phoneId);
    await alice.say(chat, 'one');
    if (withPhone) world.user(BOB).lists.push(withPhone);
    await alice.engine.peerChanged(BOB);
    world.room(chat).isStale = true;
    await alice.say(chat, 'two');
    expect(reached()).toHaveLength(2);
  });

  test('change when a member leaves, though the server says that nothing did', async () => {
    const mallory = await ready(MALLORY);
    const { members } = await alice.engine.chat(chat);
    await members.add(MALLORY);
    await alice.say(chat, 'one');
    expect(reached()).toHaveLength(3);
    await members.remove(MALLORY);
    world.room(chat).isStale = false;
    await alice.say(chat, 'two');
    expect(reached()).toHaveLength(2);
    world.room(chat).members.set(MALLORY, 'member');
    await mallory.fetch(chat);
    expect(await mallory.shown(chat)).toEqual(['one', '(missing_key)']);
  });

  test('do not go to who left by the server, though nobody signed it yet', async () => {
    await ready(MALLORY);
    const { members } = await alice.engine.chat(chat);
    await members.add(MALLORY);
    await bob.say(chat, 'one');
    world.room(chat).members.delete(MALLORY);
    world.room(chat).isStale = true;
    await bob.say(chat, 'two');
    expect(reached()).toHaveLength(2);
  });

  test('of another identity under a contact’s name are never silent', async () => {
    await alice.say(chat, 'one');
    const [identity, keys] = [await generateSigningPair(), await makeKeys()];
    const before = world.user(BOB).lists.at(-1)?.text ?? null;
    const forged = await makeDeviceList(identity.privateKey, {
      user: BOB,
      identityKey: identity.publicKey,
      devices: [listed(keys)],
      before,
    });
    world.user(BOB).lists.push(forged);
    await alice.engine.peers.verify(BOB, bob.engine.devices.secrets?.identity?.public ?? '');
    await alice.engine.peerChanged(BOB);
    world.room(chat).isStale = true;
    expect(await reasonOf(() => alice.say(chat, 'two'))).toBe('identity_changed');
    expect(alice.changes).toEqual([{ user_id: BOB, was_verified: true }]);
    expect(world.room(chat).epochs).toHaveLength(1);
  });

  test('of one’s own replaced by the server do not let its device in', async () => {
    const [identity, keys] = [await generateSigningPair(), await makeKeys()];
    const before = world.user(ALICE).lists.at(-1)?.text ?? null;
    const forged = await makeDeviceList(identity.privateKey, {
      user: ALICE,
      identityKey: identity.publicKey,
      devices: [listed(keys)],
      before,
    });
    world.user(ALICE).lists.push(forged);
    await alice.engine.peerChanged(ALICE);
    expect(await reasonOf(() => alice.say(chat, 'one'))).toBe('unknown_device');
    expect(world.room(chat).epochs).toHaveLength(0);
  });
});

describe('an epoch', () => {
  async function forgedEpoch(change: { from?: FakeDevice; signing?: CryptoKey } = {}) {
    const log = (await alice.engine.chat(chat)).log.verified.heads.at(-1) ?? '';
    const maker = change.from ?? alice;
    const device = maker.engine.devices.secrets?.device.listed;
    const recipients = [alice, bob].flatMap((one) => {
      const own = one.engine.devices.secrets?.device.listed;
      return own ? [own] : [];
    });
    const plan = {
      chat,
      epoch: world.room(chat).epochs.length + 1,
      from: maker.user,
      device: device?.device_id ?? '',
      log,
      share: false,
      at: 0,
      recipients,
    };
    const signing = change.signing ?? (await signerOf(maker));
    return (await makeEpoch(signing, plan, { key: newEpochKey(), before: null })).posted;
  }

  test('that the server signed itself, or a stranger, is not written under', async () => {
    const mallory = await ready(MALLORY);
    await alice.say(chat, 'one');
    const { privateKey } = await generateSigningPair();
    const forged = await forgedEpoch({ signing: privateKey });
    world.room(chat).epochs.push(forged);
    world.room(chat).epochs.push(await forgedEpoch({ from: mallory }));
    const refusals: string[] = [];
    alice.engine.events.on('epoch_refused', ({ reason }) => refusals.push(reason));
    await alice.engine.chatChanged(chat);
    expect([...new Set(refusals)]).toEqual(['bad_signature', 'not_a_member']);
    const { envelope } = await alice.say(chat, 'two');
    const { epoch } = JSON.parse(Buffer.from(envelope.h, 'base64url').toString());
    expect(epoch).toBe(4);
    await bob.fetch(chat);
    expect(await bob.shown(chat)).toEqual(['one', 'two']);
  });

  test('with another ciphertext, or a slice of another, does not open', async () => {
    await alice.say(chat, 'one');
    const [epoch] = world.room(chat).epochs;
    if (!epoch) throw new Error('no epoch');
    const [first, second] = epoch.jwe.recipients;
    if (first && second) {
      [first.encrypted_key, second.encrypted_key] = [second.encrypted_key, first.encrypted_key];
    }
    await bob.fetch(chat);
    expect(await bob.shown(chat)).toEqual(['(missing_key)']);
    if (first && second) {
      [first.encrypted_key, second.encrypted_key] = [second.encrypted_key, first.encrypted_key];
    }
    await bob.engine.chatChanged(chat);
    expect(await bob.shown(chat)).toEqual(['one']);
  });
});

describe('a membership log', () => {
  test('that somebody else began in place of the creator is not written to', async () => {
    const mallory = await ready(MALLORY);
    const room = world.makeRoom('group', ALICE, [BOB]);
    world.room(room).members.set(MALLORY, 'member');
    await (await mallory.engine.chat(room)).members.create([ALICE, BOB], false);
    const { members } = await alice.engine.chat(room);
    expect(await reasonOf(() => members.create([BOB], false))).toBe('log_forked');
    expect(await reasonOf(() => alice.say(room, 'hello'))).toBe('log_forked');
    expect(world.room(room).messages).toHaveLength(0);
  });

  test('that was forged, cut or swapped is refused', async () => {
    const mallory = await ready(MALLORY);
    await alice.say(chat, 'one');
    const prev = (await alice.engine.chat(chat)).log.verified.heads.at(-1) ?? null;
    const device = mallory.engine.devices.secrets?.device.listed.device_id ?? '';
    const place = { chat, n: 1, prev, by: MALLORY, device, at: 0 };
    const statement = { action: 'add', user: MALLORY, role: 'member' } as const;
    world.room(chat).log.push(await makeEntry(await signerOf(mallory), place, statement));
    world.room(chat).isStale = true;
    expect(await reasonOf(() => alice.say(chat, 'two'))).toBe('not_a_member');
    world.room(chat).log.splice(0, 2);
    expect(world.room(chat).epochs).toHaveLength(1);
  });
});
