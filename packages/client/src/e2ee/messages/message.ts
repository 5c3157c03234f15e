import { importAesKey, open, seal } from '../aead';
import { type Bytes, concat, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding';
import { hkdf } from '../hash';
import { sign, verify } from '../keys/signing';
import { type Body, type BodyInput, readBody, writeBody } from './body';
import type { Envelope, MessageHeader } from './envelope';
import { pad, unpad } from './padding';

/** Where a message goes, and who writes it. */
export type MessagePlace = Omit<MessageHeader, 'v' | 'salt' | 'iv'>;

/** Encrypts a body under an epoch and signs it: a key of its own for each message. */
export async function sealMessage(
  keys: { readonly epoch: Bytes; readonly signing: CryptoKey },
  place: MessagePlace,
  body: BodyInput,
): Promise<Envelope> {
  const random = crypto.getRandomValues(new Uint8Array(28));
  const [salt, iv] = [random.slice(0, 16), random.slice(16)];
  const header: MessageHeader = {
    v: 1,
    ...place,
    salt: toBase64Url(salt),
    iv: toBase64Url(iv),
  };
  const h = toBase64Url(utf8(JSON.stringify(header)));
  const key = await messageKey(keys.epoch, header);
  const c = toBase64Url(await seal(key, iv, pad(utf8(writeBody(body))), utf8(h)));
  return { h, c, s: await sign(keys.signing, 'msg', signedPart(h, c)) };
}

/** @throws Refusal `bad_signature` */
export function verifyMessage({ h, c, s }: Envelope, signingKey: string): Promise<void> {
  return verify(signingKey, 'msg', signedPart(h, c), s);
}

/** Opens a message whose header and signature were checked. @throws Refusal `undecryptable`, `malformed` */
export async function openMessage(
  { h, c }: Envelope,
  header: MessageHeader,
  epoch: Bytes,
): Promise<Body> {
  const key = await messageKey(epoch, header);
  const padded = await open(key, fromBase64Url(header.iv), fromBase64Url(c), utf8(h));
  return readBody(fromUtf8(unpad(padded)));
}

const signedPart = (h: string, c: string): Bytes => concat(utf8(h), utf8(c));

async function messageKey(epoch: Bytes, { salt, chat, epoch: number, device }: MessageHeader) {
  const info = `chat-msg-v1|${chat}|${number}|${device}`;
  return importAesKey(await hkdf(epoch, fromBase64Url(salt), info));
}
