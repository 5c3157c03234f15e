import { ConfabError } from '@confab/protocol';
import { FairTurns } from './fair-turns';
import { networkOf } from './network-of';

/** OWASP's floor for Argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;
const AT_ONCE = 4;
const WAITING = 400;

/** Of no password that anybody has: verified when there is no such account, to take as long. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$tM30cusZVI7BtWtbd2qcbi2G7F2XB0x61+AqA+5k82g$HEFPg9SNgYfzaahvdLdo89v8YkhGSvMJJYnkpDbURLI';

/** Hashing is dear on purpose: only so many at once, and a full queue refuses instead of growing. */
const turns = new FairTurns(
  AT_ONCE,
  WAITING,
  () =>
    new ConfabError('overloaded', 'Too many people are signing in. Try again soon.', {
      retryAfterS: 2,
    }),
);

/** @param whose the client's address: where many wait, addresses take turns */
export function withTurn<T>(work: () => Promise<T>, whose = ''): Promise<T> {
  return turns.take(networkOf(whose), work);
}

/** @param whose the client's address: where many wait, addresses take turns */
export function hashPassword(password: string, whose = ''): Promise<string> {
  return withTurn(() => Bun.password.hash(password, PARAMETERS), whose);
}

/**
 * @param hash undefined when there is no such account: the answer is false, as late as ever
 * @param whose the client's address: where many wait, addresses take turns
 */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  whose = '',
): Promise<boolean> {
  const verify = () => Bun.password.verify(password, hash ?? DECOY);
  return (await turns.take(networkOf(whose), verify)) && hash !== undefined;
}
