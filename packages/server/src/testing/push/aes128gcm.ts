import { createDecipheriv, type ECDH, hkdfSync } from 'node:crypto';

/** A browser's half of a push subscription: its key pair and the secret. */
export interface BrowserKeys {
  readonly ecdh: ECDH;
  readonly auth: Buffer;
}

const derive = (input: Buffer, salt: Buffer, info: Buffer | string, length: number) =>
  Buffer.from(hkdfSync('sha256', input, salt, info, length));

/** The text of a push message, as a browser decrypts it (RFC 8291 over RFC 8188). */
export function decryptPush(message: Buffer, { ecdh, auth }: BrowserKeys): string {
  const salt = message.subarray(0, 16);
  const recordSize = message.readUInt32BE(16);
  const keyLength = message.readUInt8(20);
  const serverKey = message.subarray(21, 21 + keyLength);
  const record = message.subarray(21 + keyLength);
  if (record.length > recordSize) throw new Error('A push message has one record');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), serverKey]);
  const input = derive(ecdh.computeSecret(serverKey), auth, info, 32);
  const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12);
  return unpadded(decrypt(record, key, nonce));
}

function decrypt(record: Buffer, key: Buffer, nonce: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  return Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
}

/** The last record's content ends with 2 and any number of zeros. */
function unpadded(content: Buffer): string {
  const end = content.findLastIndex((byte) => byte !== 0);
  if (content[end] !== 2) throw new Error('The padding is wrong');
  return content.toString('utf8', 0, end);
}
