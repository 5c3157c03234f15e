import { CompactEncrypt, compactDecrypt } from 'jose';
import { type BackupContent, readContent, writeContent } from '../backup/content';
import { fromBase32, inGroups, normaliseBase32, toBase32 } from '../base32';
import { type Bytes, concat, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding';
import { Refusal } from '../errors';
import { hkdf } from '../hash';
import { importWrappingKey, spkiOf } from '../keys/wrapping';

const CODE_BYTES = 10;
const CODE_CHARACTERS = 16;
const WRAPPED = 'RSA-OAEP-256';

/** A new device that asks its user's other devices to be let in, as the server delivers it. */
export interface ApprovalRequest {
  readonly device_id: string;
  readonly public_key: string;
  readonly signing_key: string;
  readonly mac: string;
}

/** The answer of an old device. */
export interface ApprovalGrant {
  /** Compact JWE of the backup's content. */
  readonly jwe: string;
  readonly mac: string;
}

/** A code between two devices of one user. It is typed or scanned and never goes to the server. */
export interface ApprovalCode {
  readonly secret: Bytes;
  /** Four groups of four characters. */
  readonly shown: string;
}

export function newApprovalCode(): ApprovalCode {
  const secret = crypto.getRandomValues(new Uint8Array(CODE_BYTES));
  return { secret, shown: inGroups(toBase32(secret)) };
}

/** @throws Refusal `wrong_code` */
export function readApprovalCode(typed: string): Bytes {
  const text = normaliseBase32(typed);
  const secret = fromBase32(text);
  if (text.length !== CODE_CHARACTERS || secret === undefined) {
    throw new Refusal('wrong_code', 'A code has four groups of four letters and digits');
  }
  return secret;
}

/** What the QR code of a new device holds. */
export function approvalQr(user: number, deviceId: string, code: ApprovalCode): string {
  return `confab:approve:1:${user}:${deviceId}:${toBase32(code.secret)}`;
}

/** @throws Refusal `malformed` */
export function readApprovalQr(scanned: string): { user: number; deviceId: string; code: string } {
  const found = /^confab:approve:1:(\d+):([\w-]{22}):([0-9A-Z]{16})$/.exec(scanned.trim());
  if (!found) throw new Refusal('malformed', 'This code is not one of a new device');
  const [, user, deviceId = '', code = ''] = found;
  return { user: Number(user), deviceId, code };
}

/** The keys of a new device, bound to the code. */
export async function makeRequest(
  user: number,
  secret: Bytes,
  device: Omit<ApprovalRequest, 'mac'>,
): Promise<ApprovalRequest> {
  const key = await macKey(user, device.device_id, secret);
  const mac = await crypto.subtle.sign('HMAC', key, requestBytes(device));
  return { ...device, mac: toBase64Url(new Uint8Array(mac)) };
}

/** Checks that the server delivered the keys of the very device that showed the code. @throws Refusal `wrong_code` */
export async function verifyRequest(
  user: number,
  secret: Bytes,
  request: ApprovalRequest,
): Promise<void> {
  const key = await macKey(user, request.device_id, secret);
  await mustVerify(key, request.mac, requestBytes(request));
}

/** Hands everything that the user's devices share to a device whose request was verified. */
export async function makeGrant(
  user: number,
  secret: Bytes,
  request: ApprovalRequest,
  content: BackupContent,
): Promise<ApprovalGrant> {
  const { key: recipient } = await importWrappingKey(request.public_key);
  const jwe = await new CompactEncrypt(utf8(writeContent(content)))
    .setProtectedHeader({ alg: WRAPPED, enc: 'A256GCM' })
    .encrypt(recipient);
  const key = await macKey(user, request.device_id, secret);
  const mac = await crypto.subtle.sign('HMAC', key, grantBytes(jwe));
  return { jwe, mac: toBase64Url(new Uint8Array(mac)) };
}

/** Opens what an old device granted. @throws Refusal `wrong_code`, `undecryptable`, `misplaced` */
export async function openGrant(
  own: { readonly user: number; readonly deviceId: string; readonly privateKey: CryptoKey },
  secret: Bytes,
  { jwe, mac }: ApprovalGrant,
): Promise<BackupContent> {
  const key = await macKey(own.user, own.deviceId, secret);
  await mustVerify(key, mac, grantBytes(jwe));
  const opened = await compactDecrypt(jwe, own.privateKey, {
    keyManagementAlgorithms: [WRAPPED],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((error: unknown) => {
    throw new Refusal('undecryptable', 'The grant does not open', error);
  });
  const content = readContent(fromUtf8(opened.plaintext));
  if (content.user !== own.user) throw new Refusal('misplaced', "It is another user's grant");
  return content;
}

async function macKey(user: number, deviceId: string, secret: Bytes): Promise<CryptoKey> {
  const raw = await hkdf(secret, new Uint8Array(), `approval|${user}|${deviceId}`);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', raw, algorithm, false, ['sign', 'verify']);
}

async function mustVerify(key: CryptoKey, mac: string, bytes: Bytes): Promise<void> {
  if (!(await crypto.subtle.verify('HMAC', key, fromBase64Url(mac), bytes))) {
    throw new Refusal('wrong_code', 'The code does not belong to this device');
  }
}

const ZERO = Uint8Array.of(0);

const requestBytes = (device: Omit<ApprovalRequest, 'mac'>): Bytes =>
  concat(utf8('request'), ZERO, spkiOf(device.public_key), fromBase64Url(device.signing_key));

const grantBytes = (jwe: string): Bytes => concat(utf8('grant'), ZERO, utf8(jwe));
