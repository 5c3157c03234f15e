import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import approval from '../../../../../docs/vectors/approval.json';
import backups from '../../../../../docs/vectors/backups.json';
import basics from '../../../../../docs/vectors/basics.json';
import files from '../../../../../docs/vectors/files.json';
import keys from '../../../../../docs/vectors/keys.json';
import safety from '../../../../../docs/vectors/safety-numbers.json';
import { plainFile } from '../../../../../scripts/vectors/plain-file';
import { approvalQr, openGrant, readApprovalCode, verifyRequest } from '../approval/approval';
import { backupKeyOf, openBackup } from '../backup/backup';
import { passphraseSecret, readRecoveryKey } from '../backup/recovery-key';
import { toBase32 } from '../base32';
import { type Bytes, concat, fromBase64Url, toBase64Url } from '../encoding';
import { hkdf } from '../hash';
import { importUnwrappingKey } from '../keys/wrapping';
import { FileOpener, FileSealer, sealedSize } from '../media/chunks';
import { pad, unpad } from '../messages/padding';
import { safetyNumber } from '../safety-number';
import { reasonOf } from '../testing/people';

const raw = fromBase64Url;

test('the vectors of the basics', async () => {
  for (const { hex, text } of basics.base64url) {
    expect(toBase64Url(Buffer.from(hex, 'hex'))).toBe(text);
    expect(Buffer.from(raw(text)).toString('hex')).toBe(hex);
  }
  for (const text of basics.base64url_refused) {
    expect(await reasonOf(() => raw(text))).toBe('malformed');
  }
  for (const { bytes, text } of basics.base32) expect(toBase32(raw(bytes))).toBe(text);
  const { typed, bytes } = basics.base32_typed;
  expect(toBase64Url(readApprovalCode(typed))).toBe(bytes);
  for (const { ikm, salt, info, key } of basics.hkdf) {
    expect(toBase64Url(await hkdf(raw(ikm), raw(salt), info))).toBe(key);
  }
  for (const { plain, padded } of basics.padding) {
    expect(toBase64Url(pad(raw(plain)))).toBe(padded);
    expect(toBase64Url(unpad(raw(padded)))).toBe(plain);
  }
  for (const padded of basics.padding_refused) {
    expect(await reasonOf(() => unpad(raw(padded)))).toBe('malformed');
  }
});

test('the vectors of safety numbers', async () => {
  for (const { users, digits, qr } of safety.numbers) {
    const [one, other] = users.map(({ user, identity }) => ({ user, identityKey: identity }));
    if (!one || !other) throw new Error('A safety number is one of two people');
    expect(await safetyNumber(one, other)).toEqual({ digits, qr });
    expect(await safetyNumber(other, one)).toEqual({ digits, qr });
  }
});

describe('the vectors of files', () => {
  type File = (typeof files.files)[number];
  const keyOf = ({ key, prefix }: File) => ({ key: raw(key), prefix: raw(prefix) });

  async function sealed(file: File): Promise<{ chunks: Bytes[]; hash: Bytes }> {
    const sealer = new FileSealer(new Blob([plainFile(file.size)]), keyOf(file));
    const chunks = await Array.fromAsync(sealer.chunks());
    return { chunks, hash: await sealer.hash() };
  }

  async function opened(file: File, whole: Bytes): Promise<Bytes> {
    const read = async (start: number, end: number) => whole.slice(start, end);
    const opener = new FileOpener(keyOf(file), { size: file.size, hash: raw(file.hash) }, read);
    return concat(...(await Array.fromAsync(opener.all())));
  }

  test.each(files.files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const { chunks, hash } = await sealed(file);
    const whole = concat(...chunks);
    expect(toBase64Url(hash)).toBe(file.hash);
    expect(whole.length).toBe(file.sealed_size);
    expect(sealedSize(file.size)).toBe(file.sealed_size);
    expect(createHash('sha256').update(whole).digest('base64url')).toBe(file.sealed_sha256);
    expect(Buffer.compare(await opened(file, whole), plainFile(file.size))).toBe(0);
  });

  const edits: Record<string, (chunks: Bytes[], file: File, size: number) => [Bytes[], File]> = {
    swap: ([first = raw(''), second = raw(''), ...rest], file) => [[second, first, ...rest], file],
    cut: (chunks, file) => [chunks.slice(0, -1), file],
    shorten: (chunks, file, size) => [chunks, { ...file, size }],
    flip: ([first = raw(''), ...rest], file) => {
      const bytes = first.slice();
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return [[bytes, ...rest], file];
    },
    hash: (chunks, file) => [chunks, { ...file, hash: toBase64Url(new Uint8Array(32)) }],
  };

  test.each(files.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, one) => {
      const file = files.files.find(({ name }) => name === one.of);
      const edit = edits[one.edit];
      if (!file || !edit) throw new Error('There is no such file or edit');
      const [chunks, told] = edit((await sealed(file)).chunks, file, one.size ?? 0);
      expect(await reasonOf(() => opened(told, concat(...chunks)))).toBe(one.reason);
    },
  );
});

describe('the vectors of backups', () => {
  test.each(backups.accepted.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const secret = one.recovery_key
      ? await readRecoveryKey(one.recovery_key)
      : passphraseSecret(one.passphrase ?? '');
    expect(toBase64Url(secret)).toBe(one.secret);
    const key = await backupKeyOf(backups.user, secret, one.backup);
    expect(key.key).toBe(one.key);
    const content: unknown = await openBackup(backups.user, key, one.backup);
    expect(content).toEqual(one.content);
  });

  test.each(backups.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, one) => {
      const open = async () => {
        const key = await backupKeyOf(backups.user, raw(one.secret), one.backup);
        await openBackup(backups.user, key, one.backup);
      };
      expect(await reasonOf(open)).toBe(one.reason);
    },
  );

  test('secrets that were typed wrong are refused', async () => {
    for (const typed of backups.mistyped) {
      expect(await reasonOf(() => readRecoveryKey(typed))).toBe('mistyped_key');
    }
    expect(await reasonOf(() => passphraseSecret(backups.short_passphrase))).toBe('mistyped_key');
  });
});

describe('the vectors of approval', () => {
  const { user, device_id, request } = approval;
  const secret = raw(approval.secret);

  async function granted(grant: typeof approval.grant): Promise<unknown> {
    const device = keys.users
      .flatMap((one) => one.devices)
      .find((one) => one.device_id === device_id);
    const privateKey = await importUnwrappingKey(raw(device?.private_key ?? ''));
    return openGrant({ user, deviceId: device_id, privateKey }, secret, grant);
  }

  test('the code, the request and the grant', async () => {
    expect(toBase64Url(readApprovalCode(approval.code))).toBe(approval.secret);
    const code = { secret, shown: approval.code };
    expect(approvalQr(user, device_id, code)).toBe(approval.qr);
    await verifyRequest(user, secret, request);
    expect(await granted(approval.grant)).toEqual(approval.content);
  });

  test.each(approval.refused_requests.map((one) => [one.name, one] as const))(
    'a request with %s: is refused',
    async (_, one) => {
      const code = one.secret ? raw(one.secret) : secret;
      expect(await reasonOf(() => verifyRequest(user, code, one.request))).toBe(one.reason);
    },
  );

  test.each(approval.refused_grants.map((one) => [one.name, one] as const))(
    'a grant, %s: is refused',
    async (_, { grant, reason }) => {
      expect(await reasonOf(() => granted(grant))).toBe(reason);
    },
  );

  test('what is no code is refused', async () => {
    for (const typed of approval.refused_codes) {
      expect(await reasonOf(() => readApprovalCode(typed))).toBe('wrong_code');
    }
  });
});
