import { type ListedDevice, makeDeviceList, type SignedDeviceList } from '../devices/device-list';
import { fromBase64Url } from '../encoding';
import { type DeviceKeys, generateDevice } from '../keys/device-keys';
import { generateSigningPair, importSigningKey, type SigningPair } from '../keys/signing';

/** A user with an identity and devices, for tests. */
export interface Person {
  readonly user: number;
  readonly identity: SigningPair;
  readonly devices: readonly DeviceKeys[];
  readonly list: SignedDeviceList;
}

export const listed = ({ deviceId, wrapping, signing }: DeviceKeys): ListedDevice => ({
  device_id: deviceId,
  public_key: wrapping.publicKey,
  signing_key: signing.publicKey,
});

export async function makePerson(
  user: number,
  deviceCount = 1,
  makeKeys = generateDevice,
): Promise<Person> {
  const identity = await generateSigningPair();
  const devices = await Promise.all(Array.from({ length: deviceCount }, () => makeKeys()));
  const list = await makeDeviceList(identity.privateKey, {
    user,
    identityKey: identity.publicKey,
    devices: devices.map(listed),
    before: null,
  });
  return { user, identity, devices, list };
}

export function firstDevice(person: Person): DeviceKeys {
  const [device] = person.devices;
  if (!device) throw new Error('This person has no device');
  return device;
}

/** The reason with which something was refused; `accepted` when it was not. */
export async function reasonOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'accepted';
  } catch (error) {
    if (error instanceof Error && 'reason' in error) return String(error.reason);
    throw error;
  }
}

/** A device's signing key as it lies in its store. */
export const usableSigner = (pkcs8: string): Promise<CryptoKey> =>
  importSigningKey(fromBase64Url(pkcs8));
