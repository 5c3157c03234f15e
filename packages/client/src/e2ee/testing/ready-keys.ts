import type { Kdf } from '../backup/argon2';
import { fromBase64Url } from '../encoding';
import { hkdf } from '../hash';
import { type DeviceKeys, randomId } from '../keys/device-keys';
import { generateSigningPair } from '../keys/signing';
import { importUnwrappingKey } from '../keys/wrapping';
import keys from './rsa-keys.json';

/**
 * Devices for tests, made of RSA keys of 2048 bits that are ready: making one takes longer than all
 * else that a test does. A maker never gives the same key twice.
 */
export function readyKeys(): () => Promise<DeviceKeys> {
  let next = 0;
  return async () => {
    const pair = keys[next++];
    if (!pair) throw new Error('Too many devices for one test');
    return {
      deviceId: randomId(),
      wrapping: {
        publicKey: pair.public,
        privateKey: await importUnwrappingKey(fromBase64Url(pair.private), true),
      },
      signing: await generateSigningPair(),
    };
  };
}

/** Takes the place of Argon2id where a test is not about it. */
export const quickKdf: Kdf = (secret, { salt }) => hkdf(secret, fromBase64Url(salt), 'test');
