import { z } from 'zod';
import { importAesKey, open, seal } from '../aead';
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding';
import { Refusal } from '../errors';
import { Base64Url, base64UrlOf, parse, parseVersioned, ServerId } from '../formats';
import { argon2, type Kdf } from './argon2';
import { type BackupContent, readContent, writeContent } from './content';
import type { RecoverySecret } from './recovery-key';

/** Argon2id (RFC 9106): memory in KiB, passes. Less is refused, and so is what would hang a phone. */
const LEAST = { m: 64 * 1024, t: 3 } as const;
const MOST = { m: 1024 * 1024, t: 20 } as const;

const Backup = z.object({ head: Base64Url, c: Base64Url });
/** A backup as the server stores it. */
export type Backup = z.infer<typeof Backup>;

const BackupHead = z.object({
  v: z.literal(1),
  kdf: z.literal('argon2id'),
  m: z.int().positive(),
  t: z.int().positive(),
  p: z.literal(1),
  salt: base64UrlOf(16),
  iv: base64UrlOf(12),
  user: ServerId,
});
type BackupHead = z.infer<typeof BackupHead>;

/** A key that was derived once, with what it was derived by: further backups need no secret. */
export interface BackupKey {
  readonly salt: string;
  readonly m: number;
  readonly t: number;
  /** base64url of 32 bytes. */
  readonly key: string;
}

export async function newBackupKey(secret: RecoverySecret, kdf: Kdf = argon2): Promise<BackupKey> {
  const salt = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const parameters = { salt, ...LEAST };
  return { ...parameters, key: toBase64Url(await kdf(secret, parameters)) };
}

export async function sealBackup(
  { salt, m, t, key }: BackupKey,
  content: BackupContent,
): Promise<Backup> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const head: BackupHead = {
    v: 1,
    kdf: 'argon2id',
    m,
    t,
    p: 1,
    salt,
    iv: toBase64Url(iv),
    user: content.user,
  };
  const sent = toBase64Url(utf8(JSON.stringify(head)));
  const aes = await importAesKey(fromBase64Url(key));
  const sealed = await seal(aes, iv, utf8(writeContent(content)), utf8(sent));
  return { head: sent, c: toBase64Url(sealed) };
}

/** The key of a backup, from the secret that it was made with. @throws Refusal `weak_backup`, `misplaced` */
export async function backupKeyOf(
  user: number,
  secret: RecoverySecret,
  value: unknown,
  kdf: Kdf = argon2,
): Promise<BackupKey> {
  const { salt, m, t } = readBackup(user, value).head;
  return { salt, m, t, key: toBase64Url(await kdf(secret, { salt, m, t })) };
}

const WRONG_KEY = 'This recovery key does not open your backup';

/** @throws Refusal `wrong_recovery_key` (or damaged: nobody can tell), `weak_backup`, `misplaced` */
export async function openBackup(
  user: number,
  { salt, key }: BackupKey,
  value: unknown,
): Promise<BackupContent> {
  const { backup, head } = readBackup(user, value);
  if (head.salt !== salt) {
    throw new Refusal('wrong_recovery_key', 'The backup was made with another recovery key');
  }
  const aes = await importAesKey(fromBase64Url(key));
  const [iv, sealed, aad] = [fromBase64Url(head.iv), fromBase64Url(backup.c), utf8(backup.head)];
  const plain = await open(aes, iv, sealed, aad, 'wrong_recovery_key', WRONG_KEY);
  const content = readContent(fromUtf8(plain));
  if (content.user !== user) throw new Refusal('misplaced', "It is another user's backup");
  return content;
}

function readBackup(user: number, value: unknown): { backup: Backup; head: BackupHead } {
  const backup = parse('The backup', Backup, value);
  const head = parseVersioned('The backup', BackupHead, fromUtf8(fromBase64Url(backup.head)));
  if (head.user !== user) throw new Refusal('misplaced', "It is another user's backup");
  mustBeStrong(head);
  return { backup, head };
}

function mustBeStrong({ m, t }: BackupHead): void {
  if (m < LEAST.m || t < LEAST.t || m > MOST.m || t > MOST.t) {
    throw new Refusal('weak_backup', 'The backup is protected in a way that is not accepted');
  }
}
