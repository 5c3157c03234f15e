import { beforeAll, describe, expect, test } from 'bun:test';
import { utf8 } from '../encoding';
import { generateSigningPair, sign } from '../keys/signing';
import { listed, makePerson, type Person, reasonOf } from '../testing/people';
import {
  makeDeviceList,
  readList,
  relateLists,
  type SignedDeviceList,
  verifyDeviceList,
} from './device-list';

type Fields = Record<string, unknown>;

let alice: Person;
let next: SignedDeviceList;

beforeAll(async () => {
  alice = await makePerson(12, 2);
  next = await changed(alice.list.text, 1);
});

function changed(before: string | null, devices: number): Promise<SignedDeviceList> {
  return makeDeviceList(alice.identity.privateKey, {
    user: 12,
    identityKey: alice.identity.publicKey,
    devices: alice.devices.slice(0, devices).map(listed),
    before,
  });
}

async function resigned(change: (list: Fields) => unknown): Promise<SignedDeviceList> {
  const list: Fields = JSON.parse(alice.list.text);
  change(list);
  const text = JSON.stringify(list);
  return { text, signature: await sign(alice.identity.privateKey, 'device-list', utf8(text)) };
}

describe('a device list', () => {
  test('is verified by its identity key', async () => {
    const list = await verifyDeviceList(12, alice.list);
    expect(list.devices.map((device) => device.device_id)).toEqual(
      alice.devices.map((device) => device.deviceId),
    );
    expect(list).toMatchObject({ user: 12, version: 1, prev: null });
  });

  test("delivered as another user's is misplaced", async () => {
    expect(await reasonOf(() => verifyDeviceList(13, alice.list))).toBe('misplaced');
  });

  test('with a device put in is not what was signed', async () => {
    const ghost = listed((await makePerson(1)).devices[0] as never);
    const list = JSON.parse(alice.list.text);
    list.devices.push(ghost);
    const forged = { ...alice.list, text: JSON.stringify(list) };
    expect(await reasonOf(() => verifyDeviceList(12, forged))).toBe('bad_signature');
  });

  test('signed for another purpose does not count', async () => {
    const signature = await sign(alice.identity.privateKey, 'member', utf8(alice.list.text));
    const relabelled = { ...alice.list, signature };
    expect(await reasonOf(() => verifyDeviceList(12, relabelled))).toBe('bad_signature');
  });

  test('signed by somebody else does not count', async () => {
    const other = await generateSigningPair();
    const signature = await sign(other.privateKey, 'device-list', utf8(alice.list.text));
    expect(await reasonOf(() => verifyDeviceList(12, { ...alice.list, signature }))).toBe(
      'bad_signature',
    );
  });

  test.each([
    [
      'a newer version of the format',
      (list: Fields) => Object.assign(list, { v: 2 }),
      'unsupported_version',
    ],
    ['no devices', (list: Fields) => Object.assign(list, { devices: undefined }), 'malformed'],
    [
      'a short identity key',
      (list: Fields) => Object.assign(list, { identity_key: 'AAAA' }),
      'malformed',
    ],
    ['version 0', (list: Fields) => Object.assign(list, { version: 0 }), 'malformed'],
    [
      'one device twice',
      (list: Fields) => (list.devices as unknown[]).push((list.devices as unknown[])[0]),
      'malformed',
    ],
  ] as const)('with %s is refused', async (_, change, reason) => {
    const list = await resigned(change);
    expect(await reasonOf(() => verifyDeviceList(12, list))).toBe(reason);
  });

  test('may have fields that are not known yet', async () => {
    const list = await resigned((fields) => Object.assign(fields, { colour: 'green' }));
    expect(await reasonOf(() => verifyDeviceList(12, list))).toBe('accepted');
  });
});

describe('a list that is delivered', () => {
  test('is the first, the same, or newer', async () => {
    expect(await relateLists(null, alice.list.text)).toBe('first');
    expect(await relateLists(alice.list.text, alice.list.text)).toBe('same');
    expect(await relateLists(alice.list.text, next.text)).toBe('newer');
    expect(readList(next.text).version).toBe(2);
  });

  test('older than the known one is a rollback', async () => {
    expect(await reasonOf(() => relateLists(next.text, alice.list.text))).toBe('list_rollback');
  });

  test('beside the known one is a fork', async () => {
    const beside = await changed(alice.list.text, 2);
    expect(await reasonOf(() => relateLists(next.text, beside.text))).toBe('list_forked');
    const onAnother = await changed(next.text, 2);
    expect(await reasonOf(() => relateLists(beside.text, onAnother.text))).toBe('list_forked');
  });

  test('of another identity is for people to judge', async () => {
    const stranger = await makePerson(12);
    expect(await relateLists(alice.list.text, stranger.list.text)).toBe('new_identity');
  });
});
