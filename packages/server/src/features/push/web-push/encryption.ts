import { createECDH, randomBytes } from 'node:crypto';
import { encrypt } from 'http_ece';
import type { WebPushDevice } from '../provider';

/** A message that the device's browser alone can read (RFC 8291), with a key pair of its own. */
export function encrypted(device: WebPushDevice, text: string): Uint8Array<ArrayBuffer> {
  const privateKey = createECDH('prime256v1');
  privateKey.generateKeys();
  const message = encrypt(Buffer.from(text), {
    version: 'aes128gcm',
    dh: device.p256dh,
    authSecret: device.auth,
    privateKey,
    salt: randomBytes(16),
  });
  return new Uint8Array(message);
}
