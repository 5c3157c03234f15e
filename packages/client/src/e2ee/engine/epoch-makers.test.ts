import { beforeEach, expect, test } from 'bun:test';
import type { Bytes } from '../encoding';
import { fromBase64Url } from '../encoding';
import { makeEpoch, newEpochKey } from '../epochs/epoch';
import type { DeviceKeys } from '../keys/device-keys';
import { importSigningKey } from '../keys/signing';
import { sealMessage } from '../messages/message';
import { FakeDevice, nextUuid } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { readyKeys } from '../testing/ready-keys';

/** Epochs that somebody makes who was shut out, with a server that helps them. */

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

/** What a device keeps of itself, whoever took it off the list. */
function stolen(device: FakeDevice) {
  const secrets = device.engine.devices.secrets?.device;
  if (!secrets) throw new Error('This device has no keys');
  return { id: secrets.listed.device_id, signing: secrets.signing };
}
type Stolen = ReturnType<typeof stolen>;

/** An epoch that names the right devices and some state of the log, pushed past the server's checks. */
async function slipIn(user: number, { id, signing }: Stolen, log: string): Promise<Bytes> {
  const key = newEpochKey();
  const recipients = [alice, bob].flatMap((one) => one.engine.devices.secrets?.device.listed ?? []);
  const epoch = world.room(chat).epochs.length + 1;
  const at = (await alice.engine.chat(chat)).epochs.require(1).header.at;
  const plan = { chat, epoch, from: user, device: id, log, share: false, at, recipients };
  const signingKey = await importSigningKey(fromBase64Url(signing));
  const { posted } = await makeEpoch(signingKey, plan, { key, before: null });
  world.room(chat).epochs.push(posted);
  world.room(chat).isStale = false;
  return key;
}

const headsOf = async (device: FakeDevice) => (await device.engine.chat(chat)).log.verified.heads;

test('nobody writes under one of a device that its user took off the list', async () => {
  const phone = await FakeDevice.make({ world, user: BOB, makeKeys });
  const { code } = await phone.engine.devices.requestApproval('Phone');
  await bob.engine.devices.approve(code);
  await phone.engine.start();
  await alice.say(chat, 'one');
  const thief = stolen(phone);
  await bob.engine.devices.removeDevice(thief.id);
  await slipIn(BOB, thief, (await headsOf(alice)).at(-1) ?? '');
  await alice.engine.peerChanged(BOB);
  await alice.engine.chatChanged(chat);
  const { envelope } = await alice.say(chat, 'two');
  const { epoch } = JSON.parse(Buffer.from(envelope.h, 'base64url').toString());
  expect(epoch).toBe(3);
});

test('one that goes back to a log of which its maker was still a member is refused', async () => {
  const mallory = await ready(MALLORY);
  const { members } = await alice.engine.chat(chat);
  await members.add(MALLORY);
  await alice.say(chat, 'one');
  const old = (await headsOf(alice)).at(-1) ?? '';
  await members.remove(MALLORY);
  await alice.say(chat, 'two');
  await bob.fetch(chat);
  const refusals: string[] = [];
  bob.engine.events.on('epoch_refused', ({ reason }) => refusals.push(reason));
  const thief = stolen(mallory);
  const key = await slipIn(MALLORY, thief, old);
  await bob.engine.chatChanged(chat);
  expect(refusals).toEqual(['old_epoch']);
  const client_message_id = nextUuid();
  const place = { chat, epoch: 3, from: MALLORY, device: thief.id, client_message_id };
  const signing = await importSigningKey(fromBase64Url(thief.signing));
  const body = { kind: 'message', text: 'still here' } as const;
  const envelope = await sealMessage({ epoch: key, signing }, place, body);
  const late = { id: 901, chat_id: chat, seq: 9, sender_id: MALLORY, is_edited: false };
  await bob.take({ ...late, client_message_id, envelope });
  expect(await bob.shown(chat)).toEqual(['one', 'two', '(missing_key)']);
});
