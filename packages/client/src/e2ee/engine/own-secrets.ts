import type { BackupKey } from '../backup/backup';
import type { BackupContent } from '../backup/content';
import type { ListedDevice } from '../devices/device-list';
import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import type { DeviceKeys } from '../keys/device-keys';
import { importSigningKey, type SigningPair } from '../keys/signing';
import { importUnwrappingKey, keyId } from '../keys/wrapping';
import type { OwnDevice } from './own-device';
import type { SealedStore } from './sealed-store';

/** A device's keys at rest; private halves are PKCS#8 as base64url. */
export interface StoredDevice {
  readonly name: string;
  readonly listed: ListedDevice;
  readonly wrapping: string;
  readonly signing: string;
}

/**
 * What this device knows and may tell nobody but its user's other devices. Plain data: at rest in
 * the sealed store, and used by keys that cannot be exported.
 */
export interface OwnSecrets {
  readonly user: number;
  readonly device: StoredDevice;
  /** `asking`: waits to be let in. `joining`: is being put on the list. `joined`: was on it. */
  readonly stage: 'asking' | 'joining' | 'joined';
  /** base64url of the approval's code while it asks. */
  readonly code: string | null;
  readonly identity: BackupContent['identity'] | null;
  /** Wrapping keys of the user's other devices, those that are gone too. */
  readonly others: BackupContent['devices'];
  readonly backup: BackupKey | null;
}

/** The name under which they are kept. */
export const OWN = 'own';

export const loadSecrets = async (store: SealedStore): Promise<OwnSecrets | null> =>
  ((await store.get(OWN)) as OwnSecrets | undefined) ?? null;

export const saveSecrets = (store: SealedStore, secrets: OwnSecrets): Promise<void> =>
  store.put(OWN, secrets);

export async function storedDevice(name: string, keys: DeviceKeys): Promise<StoredDevice> {
  return {
    name,
    listed: {
      device_id: keys.deviceId,
      public_key: keys.wrapping.publicKey,
      signing_key: keys.signing.publicKey,
    },
    wrapping: await exported(keys.wrapping.privateKey),
    signing: await exported(keys.signing.privateKey),
  };
}

export async function storedIdentity(pair: SigningPair): Promise<BackupContent['identity']> {
  return { public: pair.publicKey, private: await exported(pair.privateKey) };
}

/** The keys as they are used: they cannot be exported. */
export async function usableDevice({ user, device }: OwnSecrets): Promise<OwnDevice> {
  const { device_id, public_key } = device.listed;
  return {
    user,
    deviceId: device_id,
    kid: await keyId(public_key),
    unwrappingKey: await importUnwrappingKey(fromBase64Url(device.wrapping)),
    signingKey: await importSigningKey(fromBase64Url(device.signing)),
  };
}

/** What is backed up and handed to a device that is let in. */
export function contentOf(
  { user, identity, device, others }: OwnSecrets & { identity: BackupContent['identity'] },
  epochs: BackupContent['epochs'],
): BackupContent {
  const own = { device_id: device.listed.device_id, private_key: device.wrapping };
  const devices = [own, ...others].sort((a, b) => (a.device_id < b.device_id ? -1 : 1));
  return { v: 1, user, identity, devices, epochs };
}

/** Takes in the keys of other devices that a backup or a grant holds. The same when there are none. */
export function withOthers(secrets: OwnSecrets, devices: BackupContent['devices']): OwnSecrets {
  const known = new Set(secrets.others.map((one) => one.device_id));
  known.add(secrets.device.listed.device_id);
  const found = devices.filter((one) => !known.has(one.device_id));
  return found.length === 0 ? secrets : { ...secrets, others: [...secrets.others, ...found] };
}

async function exported(key: CryptoKey): Promise<string> {
  const pkcs8: Bytes = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key));
  return toBase64Url(pkcs8);
}
