import { beforeAll, describe, expect, test } from 'bun:test';
import type { Bytes } from '../encoding';
import { keyId } from '../keys/wrapping';
import { firstDevice, listed, makePerson, type Person, reasonOf } from '../testing/people';
import { openBefore } from './before';
import {
  makeEpoch,
  newEpochKey,
  openEpoch,
  type PostedEpoch,
  readEpoch,
  verifyEpoch,
} from './epoch';
import { hashDevices } from './header';

let alice: Person;
let bob: Person;
let outsider: Person;
let key: Bytes;
let posted: PostedEpoch;

beforeAll(async () => {
  [alice, bob, outsider] = (await Promise.all([1, 2, 3].map((user) => makePerson(user)))) as [
    Person,
    Person,
    Person,
  ];
  key = newEpochKey();
  posted = await make(null);
});

async function make(before: Bytes | null): Promise<PostedEpoch> {
  const maker = firstDevice(alice);
  const plan = {
    chat: 7,
    epoch: 4,
    from: 1,
    device: maker.deviceId,
    log: 'A'.repeat(43),
    share: before !== null,
    at: 1_795_680_000_000,
    recipients: [alice, bob].flatMap((one) => one.devices.map(listed)),
  };
  return (await makeEpoch(maker.signing.privateKey, plan, { key, before })).posted;
}

async function openAs(person: Person, epoch: PostedEpoch) {
  const { wrapping } = firstDevice(person);
  return openEpoch(epoch, {
    kid: await keyId(wrapping.publicKey),
    privateKey: wrapping.privateKey,
  });
}

const changed = (change: (epoch: PostedEpoch) => void): PostedEpoch => {
  const copy = structuredClone(posted);
  change(copy);
  return copy;
};

describe('an epoch', () => {
  test('opens on each of its devices with its own slice alone, and nowhere else', async () => {
    for (const person of [alice, bob]) {
      const kid = await keyId(firstDevice(person).wrapping.publicKey);
      const slice = changed(({ jwe }) => {
        jwe.recipients = jwe.recipients.filter((one) => one.header.kid === kid);
      });
      await verifyEpoch(slice, firstDevice(alice).signing.publicKey);
      expect(await openAs(person, slice)).toEqual(key);
    }
    expect(await reasonOf(() => openAs(outsider, posted))).toBe('missing_key');
  });

  test('says what it is for', async () => {
    const { header } = readEpoch(JSON.parse(JSON.stringify(posted)));
    const ids = [alice, bob].map((one) => firstDevice(one).deviceId);
    expect(header).toMatchObject({ chat: 7, epoch: 4, from: 1, share: false });
    expect(header.devices).toBe(await hashDevices(ids.toReversed()));
  });

  test('carries the one before it where history is shared', async () => {
    const before = newEpochKey();
    const { header } = readEpoch(await make(before));
    const [place, link] = [{ chat: 7, epoch: 4 }, header.before ?? ''];
    expect(await openBefore(place, key, link)).toEqual(before);
    expect(await reasonOf(() => openBefore(place, newEpochKey(), link))).toBe('undecryptable');
    const moved = { chat: 7, epoch: 5 };
    expect(await reasonOf(() => openBefore(moved, key, link))).toBe('undecryptable');
  });
});

describe('a changed epoch', () => {
  const verified = (epoch: PostedEpoch) =>
    reasonOf(() => verifyEpoch(epoch, firstDevice(alice).signing.publicKey));
  const other = (text: string) =>
    text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`;

  test.each(['protected', 'aad', 'iv', 'ciphertext', 'tag'] as const)(
    'with another %s is not what was signed',
    async (field) => {
      expect(await verified(changed(({ jwe }) => (jwe[field] = other(jwe[field]))))).toBe(
        'bad_signature',
      );
    },
  );

  test("with a ghost's key relabelled as a device's does not open there", async () => {
    const ghostly = changed(({ jwe }) => {
      const [first, second] = jwe.recipients;
      if (first && second) first.encrypted_key = second.encrypted_key;
    });
    expect(await verified(ghostly)).toBe('accepted');
    expect(await reasonOf(() => openAs(alice, ghostly))).toBe('undecryptable');
  });

  test('with a weaker algorithm is refused', async () => {
    const weak = (head: object) =>
      changed(({ jwe }) => {
        jwe.protected = Buffer.from(JSON.stringify(head)).toString('base64url');
      });
    for (const head of [
      { enc: 'A128CBC-HS256', typ: 'epoch+jwe' },
      { enc: 'A256GCM', typ: 'epoch+jwe', zip: 'DEF' },
      { enc: 'A256GCM' },
    ]) {
      expect(await reasonOf(() => readEpoch(weak(head)))).toBe('unsupported_algorithm');
    }
    const rsa15 = changed(({ jwe }) => {
      for (const one of jwe.recipients) (one.header as { alg: string }).alg = 'RSA1_5';
    });
    expect(await reasonOf(() => readEpoch(rsa15))).toBe('malformed');
  });

  test.each([null, {}, [], 'x', { epoch: 1 }, { epoch: 0, jwe: {}, sig: '' }])(
    'that is %j is malformed',
    async (value) => expect(await reasonOf(() => readEpoch(value))).toBe('malformed'),
  );
});
