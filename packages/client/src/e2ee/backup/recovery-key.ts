import { fromBase32, inGroups, normaliseBase32, toBase32 } from '../base32';
import { type Bytes, concat, utf8 } from '../encoding';
import { Refusal } from '../errors';
import { sha256 } from '../hash';

const BYTES = 20;
const CHARACTERS = 32;
const CHECK_CHARACTERS = 4;
const LEAST_PASSPHRASE = 12;

/** What opens a backup: 20 random bytes, or a passphrase of the user's. */
export type RecoverySecret = Bytes;

/** A new recovery key, and as it is shown: nine groups of four characters. */
export async function newRecoveryKey(): Promise<{ secret: RecoverySecret; shown: string }> {
  const secret = crypto.getRandomValues(new Uint8Array(BYTES));
  const shown = inGroups(toBase32(secret) + (await checkOf(secret)));
  return { secret, shown };
}

/** Reads a recovery key as somebody typed it. @throws Refusal `mistyped_key` */
export async function readRecoveryKey(typed: string): Promise<RecoverySecret> {
  const text = normaliseBase32(typed);
  const secret = fromBase32(text.slice(0, CHARACTERS));
  if (text.length !== CHARACTERS + CHECK_CHARACTERS || secret?.length !== BYTES) {
    throw new Refusal('mistyped_key', 'A recovery key has nine groups of four letters and digits');
  }
  if (text.slice(CHARACTERS) !== (await checkOf(secret))) {
    throw new Refusal('mistyped_key', 'The recovery key has a typing error');
  }
  return secret;
}

/** A passphrase of the user's own, alike however it was typed. @throws Refusal `mistyped_key` */
export function passphraseSecret(passphrase: string): RecoverySecret {
  const text = passphrase.normalize('NFKC');
  if ([...text].length < LEAST_PASSPHRASE) {
    throw new Refusal('mistyped_key', `A passphrase has at least ${LEAST_PASSPHRASE} characters`);
  }
  return utf8(text);
}

/** The first 20 bits of a hash: a typing error shows without asking anybody. */
async function checkOf(secret: Bytes): Promise<string> {
  const hash = await sha256(concat(utf8('recovery-key'), Uint8Array.of(0), secret));
  return toBase32(hash).slice(0, CHECK_CHARACTERS);
}
