import { z } from 'zod';
import { utf8 } from '../encoding';
import { Refusal } from '../errors';
import { DeviceId, Digest, parseVersioned, ServerId, SigningKey } from '../formats';
import { hashText } from '../hash';
import { sign, verify } from '../keys/signing';

const MAX_DEVICES = 20;

const ListedDevice = z.object({
  device_id: DeviceId,
  public_key: z.string().max(2_000),
  signing_key: SigningKey,
});
/** A device that its user vouches for. */
export type ListedDevice = z.infer<typeof ListedDevice>;

const DeviceList = z.object({
  v: z.literal(1),
  user: ServerId,
  version: z.int().positive(),
  identity_key: SigningKey,
  /** Hash of the text of the version before; null for the first. */
  prev: Digest.nullable(),
  devices: z.array(ListedDevice).max(MAX_DEVICES),
});
export type DeviceList = z.infer<typeof DeviceList>;

/** A device list as it is stored and compared: the exact text, and the identity key's signature. */
export interface SignedDeviceList {
  readonly text: string;
  readonly signature: string;
}

/** What the next version of a list is made of. */
export interface ListChange {
  readonly user: number;
  readonly identityKey: string;
  readonly devices: readonly ListedDevice[];
  /** The list that it follows; null for the first. */
  readonly before: string | null;
}

export async function makeDeviceList(
  identity: CryptoKey,
  { user, identityKey, devices, before }: ListChange,
): Promise<SignedDeviceList> {
  const version = before === null ? 1 : readList(before).version + 1;
  const prev = before === null ? null : await hashText(before);
  const list: DeviceList = {
    v: 1,
    user,
    version,
    identity_key: identityKey,
    prev,
    devices: devices.map(({ device_id, public_key, signing_key }) => ({
      device_id,
      public_key,
      signing_key,
    })),
  };
  const text = JSON.stringify(list);
  return { text, signature: await sign(identity, 'device-list', utf8(text)) };
}

/** @throws Refusal `malformed` or `unsupported_version` */
export function readList(text: string): DeviceList {
  const list = parseVersioned('The device list', DeviceList, text);
  for (const field of ['device_id', 'public_key', 'signing_key'] as const) {
    const values = new Set(list.devices.map((device) => device[field]));
    if (values.size !== list.devices.length) {
      throw new Refusal('malformed', `Two devices of the list have the same ${field}`);
    }
  }
  return list;
}

/**
 * Checks a list that the server delivered as some user's, by itself.
 * @throws Refusal `misplaced`, `bad_signature`, `malformed`
 */
export async function verifyDeviceList(
  user: number,
  { text, signature }: SignedDeviceList,
): Promise<DeviceList> {
  const list = readList(text);
  if (list.user !== user) throw new Refusal('misplaced', "It is another user's device list");
  await verify(list.identity_key, 'device-list', utf8(text), signature);
  return list;
}

/** How a list that was delivered relates to the one that is known. */
export type ListRelation = 'first' | 'same' | 'newer' | 'new_identity';

/**
 * Compares a verified list with the known one. A new identity is for people to judge; the rest is
 * refused here.
 * @throws Refusal `list_rollback` or `list_forked`
 */
export async function relateLists(known: string | null, text: string): Promise<ListRelation> {
  if (known === null) return 'first';
  if (known === text) return 'same';
  const [before, after] = [readList(known), readList(text)];
  if (before.identity_key !== after.identity_key) return 'new_identity';
  if (after.version < before.version) {
    throw new Refusal('list_rollback', 'The server delivered a list older than one seen before');
  }
  const isNext = after.version === before.version + 1;
  if (after.version === before.version || (isNext && after.prev !== (await hashText(known)))) {
    throw new Refusal('list_forked', 'There are two lists of devices where one belongs');
  }
  return 'newer';
}
