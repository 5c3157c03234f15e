import { CompactEncrypt } from 'jose';
import {
  type ApprovalRequest,
  approvalQr,
  makeGrant,
  makeRequest,
  newApprovalCode,
} from '../../packages/client/src/e2ee/approval/approval';
import {
  type Backup,
  type BackupKey,
  newBackupKey,
  sealBackup,
} from '../../packages/client/src/e2ee/backup/backup';
import type { BackupContent } from '../../packages/client/src/e2ee/backup/content';
import {
  newRecoveryKey,
  passphraseSecret,
} from '../../packages/client/src/e2ee/backup/recovery-key';
import {
  type Bytes,
  concat,
  fromBase64Url,
  fromUtf8,
  toBase64Url,
  utf8,
} from '../../packages/client/src/e2ee/encoding';
import { hkdf } from '../../packages/client/src/e2ee/hash';
import { importWrappingKey } from '../../packages/client/src/e2ee/keys/wrapping';
import { firstDevice, listed } from '../../packages/client/src/e2ee/testing/people';
import { ALICE, BOB, type Cast, CHAT, flipped, pkcs8Of, randomBytes } from './cast';
import type { EpochSecrets } from './epochs';

/** Composed, decomposed and wide forms, which NFKC makes one. */
const PASSPHRASE = 'ﬁve Ｗide horses e\u0301tude';

export async function backupVectors(cast: Cast, epochs: EpochSecrets): Promise<object> {
  const { secret, shown } = await newRecoveryKey();
  const key = await newBackupKey(secret);
  const content = await contentOf(cast, epochs, true);
  const small = await contentOf(cast, epochs, false);
  const phrase = await newBackupKey(passphraseSecret(PASSPHRASE));
  const backup = await sealBackup(key, small);
  return {
    user: ALICE,
    accepted: [
      {
        name: 'with a recovery key',
        recovery_key: shown,
        secret: toBase64Url(secret),
        key: key.key,
        backup: await sealBackup(key, content),
        content,
      },
      {
        name: 'with a passphrase',
        passphrase: PASSPHRASE,
        secret: toBase64Url(passphraseSecret(PASSPHRASE)),
        key: phrase.key,
        backup: await sealBackup(phrase, small),
        content: small,
      },
    ],
    refused: await refusedBackups(key, secret, small, backup),
    mistyped: await mistyped(shown),
    short_passphrase: 'eleven chrs',
  };
}

async function contentOf(
  { alice }: Cast,
  epochs: EpochSecrets,
  withDevices: boolean,
): Promise<BackupContent> {
  const { publicKey, privateKey } = alice.identity;
  const device = firstDevice(alice);
  const held = {
    device_id: device.deviceId,
    private_key: await pkcs8Of(device.wrapping.privateKey),
  };
  const byNumber = epochs.map((key, at) => [String(at + 1), toBase64Url(key)] as const);
  return {
    v: 1,
    user: ALICE,
    identity: { public: publicKey, private: await pkcs8Of(privateKey) },
    devices: withDevices ? [held] : [],
    epochs: { [CHAT]: Object.fromEntries(byNumber) },
  };
}

const withHead = ({ head, c }: Backup, change: object): Backup => {
  const fields = JSON.parse(fromUtf8(fromBase64Url(head)));
  return { head: toBase64Url(utf8(JSON.stringify({ ...fields, ...change }))), c };
};

async function refusedBackups(
  key: BackupKey,
  secret: Bytes,
  content: BackupContent,
  backup: Backup,
): Promise<object[]> {
  const other = toBase64Url((await newRecoveryKey()).secret);
  const bobs = withHead(await sealBackup(key, { ...content, user: BOB }), {});
  const cases: [string, Backup, string, string?][] = [
    ['another recovery key', backup, 'wrong_recovery_key', other],
    ['a turned bit', { ...backup, c: flipped(backup.c) }, 'wrong_recovery_key'],
    ['another header', withHead(backup, { extra: 1 }), 'wrong_recovery_key'],
    ['less memory', withHead(backup, { m: 65_535 }), 'weak_backup'],
    ['fewer passes', withHead(backup, { t: 2 }), 'weak_backup'],
    ['more memory than a phone has', withHead(backup, { m: 1_048_577 }), 'weak_backup'],
    ['more passes than a phone bears', withHead(backup, { t: 21 }), 'weak_backup'],
    ['another way to derive the key', withHead(backup, { kdf: 'pbkdf2' }), 'malformed'],
    ['several lanes', withHead(backup, { p: 4 }), 'malformed'],
    ['of another user', bobs, 'misplaced'],
    ['a newer format', withHead(backup, { v: 2 }), 'unsupported_version'],
  ];
  return cases.map(([name, blob, reason, typed = toBase64Url(secret)]) => ({
    name,
    secret: typed,
    backup: blob,
    reason,
  }));
}

/** One character changed, one missing, one that is not in the alphabet. */
async function mistyped(shown: string): Promise<string[]> {
  const first = shown.startsWith('7') ? '8' : '7';
  return [`${first}${shown.slice(1)}`, shown.slice(0, -1), `U${shown.slice(1)}`];
}

export async function approvalVectors(cast: Cast, epochs: EpochSecrets): Promise<object> {
  const [, fresh] = cast.alice.devices;
  if (!fresh) throw new Error('no second device');
  const code = newApprovalCode();
  const request = await makeRequest(ALICE, code.secret, listed(fresh));
  const backup = await newBackupKey(randomBytes(20));
  const content = { ...(await contentOf(cast, epochs, false)), backup };
  return {
    user: ALICE,
    device_id: fresh.deviceId,
    code: code.shown,
    secret: toBase64Url(code.secret),
    mac_key: toBase64Url(await macKey(code.secret, fresh.deviceId)),
    qr: approvalQr(ALICE, fresh.deviceId, code),
    request,
    grant: await makeGrant(ALICE, code.secret, request, content),
    content,
    refused_requests: refusedRequests(cast, request),
    refused_grants: await refusedGrants(cast, code.secret, request, content),
    refused_codes: ['ABCD', `U${code.shown.slice(1)}`, `${code.shown}-0000`],
  };
}

const macKey = (secret: Bytes, device: string) =>
  hkdf(secret, new Uint8Array(), `approval|${ALICE}|${device}`);

function refusedRequests(cast: Cast, request: ApprovalRequest): object[] {
  const { signing, wrapping, deviceId } = firstDevice(cast.bob);
  return [
    { name: 'another signing key', request: { ...request, signing_key: signing.publicKey } },
    { name: 'another RSA key', request: { ...request, public_key: wrapping.publicKey } },
    { name: 'another device', request: { ...request, device_id: deviceId } },
    { name: 'a turned bit', request: { ...request, mac: flipped(request.mac) } },
    { name: 'another code', request, secret: toBase64Url(randomBytes(10)) },
  ].map((one) => ({ ...one, reason: 'wrong_code' }));
}

async function refusedGrants(
  cast: Cast,
  secret: Bytes,
  request: ApprovalRequest,
  content: BackupContent,
): Promise<object[]> {
  const grant = await makeGrant(ALICE, secret, request, content);
  const bobs = { ...request, public_key: firstDevice(cast.bob).wrapping.publicKey };
  const signed = async (jwe: string) => {
    const key = await macKey(secret, request.device_id);
    const hmac = new Bun.CryptoHasher('sha256', key);
    hmac.update(concat(utf8('grant'), Uint8Array.of(0), utf8(jwe)));
    return { jwe, mac: hmac.digest('base64url') };
  };
  const { key } = await importWrappingKey(request.public_key);
  const narrow = new CompactEncrypt(utf8(JSON.stringify(content)));
  narrow.setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' });
  return [
    { name: 'a turned bit', grant: { ...grant, mac: flipped(grant.mac) }, reason: 'wrong_code' },
    { name: 'the request’s mac', grant: { ...grant, mac: request.mac }, reason: 'wrong_code' },
    {
      name: 'for another device',
      grant: await makeGrant(ALICE, secret, bobs, content),
      reason: 'undecryptable',
    },
    {
      name: 'another cipher',
      grant: await signed(await narrow.encrypt(key)),
      reason: 'undecryptable',
    },
    {
      name: 'of another user',
      grant: await makeGrant(ALICE, secret, request, { ...content, user: BOB }),
      reason: 'misplaced',
    },
  ];
}
