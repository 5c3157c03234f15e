import {
  makeDeviceList,
  readList,
  type SignedDeviceList,
} from '../../packages/client/src/e2ee/devices/device-list';
import { utf8 } from '../../packages/client/src/e2ee/encoding';
import { sign } from '../../packages/client/src/e2ee/keys/signing';
import { listed, type Person } from '../../packages/client/src/e2ee/testing/people';
import { ALICE, BOB, type Cast, flipped } from './cast';

/** Three versions of Alice's list, and those that are none. */
export async function deviceListVectors({ alice, bob }: Cast): Promise<object> {
  const [first, second, third] = await versions(alice);
  const stolen = await nextOf(bob, alice, first);
  const accepted = [
    { name: 'the first that is known', known: null, ...first, relation: 'first' },
    { name: 'the next version', known: 'first', ...second, relation: 'newer' },
    { name: 'a later version', known: 'first', ...third, relation: 'newer' },
    { name: 'the same again', known: 'first', ...first, relation: 'same' },
    { name: 'another identity', known: 'first', ...stolen, relation: 'new_identity' },
  ];
  const refused = [
    ...(await forged(alice, bob, first)),
    {
      name: 'an older version',
      known: 'second',
      ...first,
      reason: 'list_rollback',
    },
    ...(await forks(alice, first, second)),
  ];
  return {
    versions: { first, second },
    accepted: accepted.map((one) => ({ user: ALICE, ...one })),
    refused: refused.map((one) => ({ user: ALICE, ...one })),
  };
}

async function versions(person: Person) {
  const first = await listOf(person, 1, null);
  const second = await listOf(person, 2, first.text);
  return [first, second, await listOf(person, 1, second.text)] as const;
}

const listOf = (person: Person, devices: number, before: string | null) =>
  makeDeviceList(person.identity.privateKey, {
    user: person.user,
    identityKey: person.identity.publicKey,
    devices: person.devices.slice(0, devices).map(listed),
    before,
  });

/** A list for `victim` that another identity signed. */
const nextOf = (other: Person, victim: Person, before: SignedDeviceList) =>
  makeDeviceList(other.identity.privateKey, {
    user: victim.user,
    identityKey: other.identity.publicKey,
    devices: [],
    before: before.text,
  });

const signedBy = async (person: Person, text: string): Promise<SignedDeviceList> => ({
  text,
  signature: await sign(person.identity.privateKey, 'device-list', utf8(text)),
});

async function forged(alice: Person, bob: Person, first: SignedDeviceList): Promise<object[]> {
  const list = readList(first.text);
  const [device] = list.devices;
  const changed = (change: object) => signedBy(alice, JSON.stringify({ ...list, ...change }));
  const many = Array.from({ length: 21 }, (_, n) => ({
    device_id: String.fromCharCode(65 + n)
      .repeat(21)
      .concat('A'),
    public_key: `key ${n}`,
    signing_key: String.fromCharCode(65 + n)
      .repeat(42)
      .concat('A'),
  }));
  const inOtherDomain = await sign(alice.identity.privateKey, 'member', utf8(first.text));
  const cases = [
    { name: 'of another user', ...first, user: BOB, reason: 'misplaced' },
    {
      name: 'a turned bit',
      ...first,
      signature: flipped(first.signature),
      reason: 'bad_signature',
    },
    {
      name: 'half a signature',
      ...first,
      signature: first.signature.slice(0, 43).replace(/.$/, 'A'),
      reason: 'malformed',
    },
    {
      name: 'signed by another identity',
      text: first.text,
      signature: (await signedBy(bob, first.text)).signature,
      reason: 'bad_signature',
    },
    {
      name: 'signed for another purpose',
      text: first.text,
      signature: inOtherDomain,
      reason: 'bad_signature',
    },
    {
      name: 'written in another way',
      text: JSON.stringify(list, null, 1),
      signature: first.signature,
      reason: 'bad_signature',
    },
    {
      name: 'a device twice',
      ...(await changed({ devices: [device, device] })),
      reason: 'malformed',
    },
    { name: 'more than 20 devices', ...(await changed({ devices: many })), reason: 'malformed' },
    { name: 'a newer format', ...(await changed({ v: 2 })), reason: 'unsupported_version' },
  ];
  return cases.map((one) => ({ known: null, ...one }));
}

async function forks(
  alice: Person,
  first: SignedDeviceList,
  second: SignedDeviceList,
): Promise<object[]> {
  const changed = (list: SignedDeviceList, change: object) =>
    signedBy(alice, JSON.stringify({ ...readList(list.text), ...change }));
  const prev = readList(second.text).prev ?? '';
  return [
    {
      name: 'the same version with another text',
      known: 'first',
      ...(await changed(first, { devices: [] })),
      reason: 'list_forked',
    },
    {
      name: 'the next version of another list',
      known: 'first',
      ...(await changed(second, { prev: flipped(prev) })),
      reason: 'list_forked',
    },
  ];
}
