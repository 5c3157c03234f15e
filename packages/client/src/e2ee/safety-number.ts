import { type Bytes, fromBase64Url, sameBytes, toBase64Url, utf8 } from './encoding';
import { Refusal } from './errors';

const ITERATIONS = 100_000;
const PART_BYTES = 30;
const GROUP_BYTES = 5;

/** A user and the identity key that is known of them. */
export interface Identity {
  readonly user: number;
  readonly identityKey: string;
}

/** What two people compare to be sure of each other, equal on both sides. */
export interface SafetyNumber {
  /** 60 digits in twelve groups of five. */
  readonly digits: string;
  /** What the QR code holds. */
  readonly qr: string;
}

export async function safetyNumber(one: Identity, other: Identity): Promise<SafetyNumber> {
  const [low, high] = one.user < other.user ? [one, other] : [other, one];
  const parts = await Promise.all([partOf(low), partOf(high)]);
  const digits = parts.map(digitsOf).sort().join('');
  const [a, b] = parts.map(toBase64Url);
  return {
    digits: (digits.match(/.{5}/g) ?? []).join(' '),
    qr: `confab:safety:1:${low.user}:${a}:${high.user}:${b}`,
  };
}

/**
 * Whether a scanned code is that of the same two people with the same keys.
 * @throws Refusal `malformed` for another kind of code, `misplaced` for one of other people
 */
export async function matchesScanned(
  scanned: string,
  one: Identity,
  other: Identity,
): Promise<boolean> {
  const found = /^confab:safety:1:(\d+):([\w-]+):(\d+):([\w-]+)$/.exec(scanned.trim());
  if (!found) throw new Refusal('malformed', 'This code is not a safety number');
  const [, lowUser, lowPart, highUser, highPart] = found;
  const [low, high] = one.user < other.user ? [one, other] : [other, one];
  if (Number(lowUser) !== low.user || Number(highUser) !== high.user) {
    throw new Refusal('misplaced', 'This code belongs to other people');
  }
  const own = await Promise.all([partOf(low), partOf(high)]);
  const theirs = [fromBase64Url(lowPart), fromBase64Url(highPart)];
  return own.every((part, at) => sameBytes(part, theirs[at] ?? new Uint8Array()));
}

/** Slow to compute, so that nobody makes keys until one is alike enough (PBKDF2, RFC 8018). */
async function partOf({ user, identityKey }: Identity): Promise<Bytes> {
  const raw = fromBase64Url(identityKey);
  const key = await crypto.subtle.importKey('raw', raw, 'PBKDF2', false, ['deriveBits']);
  const salt = utf8(`safety-number-v1|${user}`);
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt, iterations: ITERATIONS };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, PART_BYTES * 8));
}

/** Each five bytes, big-endian, modulo 100,000 give five digits. */
function digitsOf(part: Bytes): string {
  let digits = '';
  for (let at = 0; at < part.length; at += GROUP_BYTES) {
    const value = part.slice(at, at + GROUP_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
    digits += String(value % 100_000).padStart(5, '0');
  }
  return digits;
}
