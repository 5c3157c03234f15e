import { toBase64Url } from '../encoding';
import { generateSigningPair, type SigningPair } from './signing';
import { generateWrappingPair, type WrappingPair } from './wrapping';

/** A device's own keys: it receives epochs with one and signs with the other. */
export interface DeviceKeys {
  readonly deviceId: string;
  readonly wrapping: WrappingPair;
  readonly signing: SigningPair;
}

/** Makes a device: RSA takes a few hundred milliseconds. */
export async function generateDevice(): Promise<DeviceKeys> {
  const [wrapping, signing] = await Promise.all([generateWrappingPair(), generateSigningPair()]);
  return { deviceId: randomId(), wrapping, signing };
}

/** base64url of 16 random bytes. */
export function randomId(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
