import { createHash } from 'node:crypto';
import { ConfabError, LIMITS, type UpdateDeviceList } from '@confab/protocol';
import { z } from 'zod';
import { isSigned } from '../../../lib/ed25519';
import { readJson } from '../../../lib/json';
import type { ListedDevice, SignedList } from './records';

const List = z.object({
  v: z.literal(1),
  user: z.int(),
  version: z.int().min(1).max(1_000_000_000),
  identity_key: z.string().regex(/^[\w-]{43}$/),
  prev: z.string().nullable(),
  devices: z
    .array(
      z.object({
        device_id: z.string().regex(/^[\w-]{22}$/),
        public_key: z.string().max(2_000),
        signing_key: z.string().regex(/^[\w-]{43}$/),
      }),
    )
    .max(LIMITS.devicesPerUser),
});

/**
 * Reads a device list that a user signed. Whether it follows the one before is for the write to say.
 * @throws ConfabError `invalid` or `bad_signature`
 */
export async function readSignedList(
  userId: number,
  { device_list: text, list_signature: signature }: UpdateDeviceList,
): Promise<SignedList> {
  const list = List.safeParse(readText(text));
  if (!list.success) throw refused('is not a device list of version 1');
  const { user, version, identity_key: identityKey, prev, devices } = list.data;
  if (user !== userId) throw refused("is another user's");
  mustBeDistinct(devices);
  if (!(await isSigned(identityKey, 'device-list', text, signature))) {
    throw new ConfabError('bad_signature', "The list's signature does not fit its identity key");
  }
  return { text, signature, identityKey, version, prev, devices, hash: hashOf(text) };
}

/** The devices of a list that was read before it was stored. */
export const devicesOf = (text: string): ListedDevice[] => List.parse(readText(text)).devices;

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

const readText = (text: string) =>
  readJson(text, { path: 'device_list', maxBytes: LIMITS.deviceListBodyBytes });

function mustBeDistinct(devices: readonly ListedDevice[]): void {
  for (const field of ['device_id', 'public_key', 'signing_key'] as const) {
    if (new Set(devices.map((device) => device[field])).size !== devices.length) {
      throw refused(`has two devices with the same ${field}`);
    }
  }
}

function refused(message: string): ConfabError {
  const errors = [{ path: 'device_list', message }];
  return new ConfabError('invalid', `The device list ${message}`, { errors });
}
