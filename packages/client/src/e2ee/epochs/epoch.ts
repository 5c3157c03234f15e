import { flattenedDecrypt, GeneralEncrypt } from 'jose';
import { z } from 'zod';
import type { ListedDevice } from '../devices/device-list';
import { type Bytes, fromBase64Url, fromUtf8, utf8 } from '../encoding';
import { Refusal } from '../errors';
import { Base64Url, parse, parseJson, Signature } from '../formats';
import { sign, verify } from '../keys/signing';
import { importWrappingKey, type WrappingKey } from '../keys/wrapping';
import { sealBefore } from './before';
import { type EpochHeader, hashDevices, readEpochHeader } from './header';

const EPOCH_BYTES = 32;
const PROTECTED = { enc: 'A256GCM', typ: 'epoch+jwe' } as const;
const WRAPPED = 'RSA-OAEP-256';

const EpochJwe = z.object({
  protected: Base64Url,
  aad: Base64Url,
  iv: Base64Url,
  ciphertext: Base64Url,
  tag: Base64Url,
  /** A device gets its own alone, and none where the epoch is not wrapped to it. */
  recipients: z.array(
    z.object({
      header: z.object({ alg: z.literal(WRAPPED), kid: Base64Url }),
      encrypted_key: Base64Url,
    }),
  ),
});
/** A JWE in General JSON Serialization (RFC 7516 §7.2.1). */
export type EpochJwe = z.infer<typeof EpochJwe>;

/** An epoch as it is posted; a device gets it with its own recipient alone. */
export interface PostedEpoch {
  readonly epoch: number;
  readonly jwe: EpochJwe;
  readonly sig: string;
}

const PostedEpochFormat = z.object({
  epoch: z.int().positive(),
  jwe: EpochJwe,
  sig: Signature,
});

/** What an epoch is made of, besides its secret. */
export interface EpochPlan extends Omit<EpochHeader, 'v' | 'typ' | 'devices' | 'before'> {
  /** The devices of everybody entitled. */
  readonly recipients: readonly Pick<ListedDevice, 'device_id' | 'public_key'>[];
}

/** The key of an epoch that is made, and of the one before where the chat shares its history. */
export interface EpochKeys {
  readonly key: Bytes;
  readonly before: Bytes | null;
}

export const newEpochKey = (): Bytes => crypto.getRandomValues(new Uint8Array(EPOCH_BYTES));

/** Wraps an epoch once to each device, and signs it. */
export async function makeEpoch(
  signingKey: CryptoKey,
  { recipients, ...place }: EpochPlan,
  { key, before }: EpochKeys,
): Promise<{ posted: PostedEpoch; header: EpochHeader }> {
  const devices = await hashDevices(recipients.map((device) => device.device_id));
  const header: EpochHeader = {
    v: 1,
    typ: 'epoch',
    ...place,
    devices,
    ...(before ? { before: await sealBefore(place, key, before) } : {}),
  };
  const keys = await Promise.all(recipients.map((one) => importWrappingKey(one.public_key)));
  const jwe = await wrap(key, JSON.stringify(header), keys);
  const sig = await sign(signingKey, 'epoch', signedPart(jwe));
  return { posted: { epoch: place.epoch, jwe, sig }, header };
}

async function wrap(key: Bytes, aad: string, keys: readonly WrappingKey[]): Promise<EpochJwe> {
  const jwe = new GeneralEncrypt(key)
    .setProtectedHeader(PROTECTED)
    .setAdditionalAuthenticatedData(utf8(aad));
  for (const { key: recipient, kid } of keys) {
    jwe.addRecipient(recipient).setUnprotectedHeader({ alg: WRAPPED, kid });
  }
  return parse('The epoch', EpochJwe, await jwe.encrypt());
}

const signedPart = ({ protected: head, aad, iv, ciphertext, tag }: EpochJwe): Bytes =>
  utf8([head, aad, iv, ciphertext, tag].join('.'));

/** Reads a posted epoch without opening it. @throws Refusal `malformed`, `unsupported_algorithm` */
export function readEpoch(posted: unknown): { posted: PostedEpoch; header: EpochHeader } {
  const epoch = parse('The epoch', PostedEpochFormat, posted);
  const { enc, typ, zip } = protectedOf(epoch.jwe);
  if (enc !== PROTECTED.enc || typ !== PROTECTED.typ || zip !== undefined) {
    throw new Refusal('unsupported_algorithm', 'The epoch is encrypted in a way that is not used');
  }
  return { posted: epoch, header: readEpochHeader(fromUtf8(fromBase64Url(epoch.jwe.aad))) };
}

function protectedOf(jwe: EpochJwe): Record<string, unknown> {
  const value = parseJson('The epoch', fromUtf8(fromBase64Url(jwe.protected)));
  return (value ?? {}) as Record<string, unknown>;
}

/** Checks who made an epoch. @throws Refusal `bad_signature` */
export function verifyEpoch({ jwe, sig }: PostedEpoch, signingKey: string): Promise<void> {
  return verify(signingKey, 'epoch', signedPart(jwe), sig);
}

/** Opens this device's slice of an epoch. @throws Refusal `undecryptable` or `missing_key` */
export async function openEpoch(
  { jwe }: PostedEpoch,
  own: { readonly kid: string; readonly privateKey: CryptoKey },
): Promise<Bytes> {
  const recipient = jwe.recipients.find((one) => one.header.kid === own.kid);
  if (!recipient) throw new Refusal('missing_key', 'The epoch is not wrapped to this device');
  const { recipients: _, ...rest } = jwe;
  const options = {
    keyManagementAlgorithms: [WRAPPED],
    contentEncryptionAlgorithms: [PROTECTED.enc],
  };
  const opened = await flattenedDecrypt({ ...rest, ...recipient }, own.privateKey, options).catch(
    (error: unknown) => {
      throw new Refusal(
        'undecryptable',
        'The epoch does not open with the key of this device',
        error,
      );
    },
  );
  const key = Uint8Array.from(opened.plaintext);
  if (key.length !== EPOCH_BYTES) throw new Refusal('malformed', 'An epoch has 32 bytes');
  return key;
}
