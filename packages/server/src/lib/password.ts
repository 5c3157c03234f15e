import { ConfabError } from '@confab/protocol';

/** OWASP's floor for Argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;
const AT_ONCE = 4;
const WAITING = 400;

/** Verified against when there is no such account, so that the answer takes as long. */
let decoy: Promise<string> | undefined;

let running = 0;
const waiting: (() => void)[] = [];

/** Hashing is dear on purpose: only so many at once, and a full queue refuses instead of growing. */
async function withTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING) {
      throw new ConfabError('overloaded', 'Too many people are signing in. Try again soon.', {
        retryAfterS: 2,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

export function hashPassword(password: string): Promise<string> {
  return withTurn(() => Bun.password.hash(password, PARAMETERS));
}

/** @param hash undefined when there is no such account: the answer is false, as late as ever */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const against = hash ?? (await decoy);
  const matches = await withTurn(() => Bun.password.verify(password, against));
  return matches && hash !== undefined;
}
