import { ConfabError } from '@confab/protocol';

/** OWASP's floor for Argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;
const AT_ONCE = 4;
const WAITING = 400;

/** Of no password that anybody has: verified when there is no such account, to take as long. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$tM30cusZVI7BtWtbd2qcbi2G7F2XB0x61+AqA+5k82g$HEFPg9SNgYfzaahvdLdo89v8YkhGSvMJJYnkpDbURLI';

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
  const matches = await withTurn(() => Bun.password.verify(password, hash ?? DECOY));
  return matches && hash !== undefined;
}
