import { beforeAll, describe, expect, test } from 'bun:test';
import { fromBase64Url, toBase64Url, utf8 } from '../encoding';
import { reasonOf } from '../testing/people';
import { type Backup, backupKeyOf, newBackupKey, openBackup, sealBackup } from './backup';
import type { BackupContent } from './content';
import {
  newRecoveryKey,
  passphraseSecret,
  type RecoverySecret,
  readRecoveryKey,
} from './recovery-key';

const content: BackupContent = {
  v: 1,
  user: 12,
  identity: { public: 'A'.repeat(43), private: 'AAAA' },
  devices: [{ device_id: `${'B'.repeat(21)}A`, private_key: 'AAAA' }],
  epochs: { '7': { '1': `${'C'.repeat(42)}A` } },
};
let secret: Awaited<ReturnType<typeof newRecoveryKey>>;
let backup: Backup;

const make = async (by: RecoverySecret) => sealBackup(await newBackupKey(by), content);
const openWith = async (user: number, by: RecoverySecret, value: unknown) =>
  openBackup(user, await backupKeyOf(user, by, value), value);

beforeAll(async () => {
  secret = await newRecoveryKey();
  backup = await make(secret.secret);
});

describe('a backup', () => {
  test('opens with the recovery key as its user types it', async () => {
    const typed = secret.shown.toLowerCase().replaceAll('-', ' ');
    expect(await openWith(12, await readRecoveryKey(typed), backup)).toEqual(content);
  });

  test('opens with a passphrase, however it was composed', async () => {
    const made = await make(passphraseSecret('fünf Äpfel im Baum'));
    const typed = 'fünf Äpfel im Baum'.normalize('NFD');
    expect(await openWith(12, passphraseSecret(typed), made)).toEqual(content);
    expect(await reasonOf(() => passphraseSecret('short'))).toBe('mistyped_key');
  });

  test('is made again with the key that was derived once, and is another text each time', async () => {
    const key = await backupKeyOf(12, secret.secret, backup);
    const next = await sealBackup(key, { ...content, epochs: {} });
    expect(next.head).not.toBe(backup.head);
    expect(await openWith(12, secret.secret, next)).toEqual({ ...content, epochs: {} });
    const renewed = await make(secret.secret);
    expect(await reasonOf(() => openBackup(12, key, renewed))).toBe('wrong_recovery_key');
  });

  test('a wrong key and a damaged backup are told alike', async () => {
    const other = await newRecoveryKey();
    expect(await reasonOf(() => openWith(12, other.secret, backup))).toBe('wrong_recovery_key');
    const bytes = fromBase64Url(backup.c);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    const damaged = { ...backup, c: toBase64Url(bytes) };
    expect(await reasonOf(() => openWith(12, secret.secret, damaged))).toBe('wrong_recovery_key');
  });

  test("another user's is misplaced", async () => {
    expect(await reasonOf(() => openWith(13, secret.secret, backup))).toBe('misplaced');
  });

  test.each([{ m: 1024 }, { t: 1 }, { m: 2 ** 24 }, { t: 1000 }, { kdf: 'pbkdf2' }, { p: 4 }])(
    'weakened to %j is refused before the key is used',
    async (change) => {
      const head = JSON.parse(new TextDecoder().decode(fromBase64Url(backup.head)));
      const weak = { ...backup, head: toBase64Url(utf8(JSON.stringify({ ...head, ...change }))) };
      const reason = await reasonOf(() => openWith(12, secret.secret, weak));
      expect(reason).toBe('kdf' in change || 'p' in change ? 'malformed' : 'weak_backup');
    },
  );
});

test('a typing error in a recovery key is told without asking anybody', async () => {
  const { shown } = secret;
  const wrong = shown.startsWith('0') ? `1${shown.slice(1)}` : `0${shown.slice(1)}`;
  for (const typed of [wrong, shown.slice(1), `${shown}0`, '', 'not a key', 'U'.repeat(36)]) {
    expect(await reasonOf(() => readRecoveryKey(typed))).toBe('mistyped_key');
  }
  expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
});
