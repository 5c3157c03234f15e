import { utf8 } from '../encoding';
import { Refusal } from '../errors';
import { hashText } from '../hash';
import { verify } from '../keys/signing';
import { readEntry, type SignedEntry } from './entry';
import { applyEntry, type Membership } from './state';

/** The signing key of one of a user's devices, now or in an earlier list. @throws Refusal `unknown_device` */
export type SigningKeyOf = (user: number, device: string) => Promise<string>;

/** A membership log as far as it was verified. Immutable. */
export interface VerifiedLog {
  readonly chat: number;
  /** The hash of each entry, in order: what epochs name as the log that they were made by. */
  readonly heads: readonly string[];
  /** Who was in the chat after each entry. */
  readonly states: readonly Membership[];
}

export const emptyLog = (chat: number): VerifiedLog => ({ chat, heads: [], states: [] });

/**
 * Takes in further entries, from the first that is not held.
 * @throws Refusal `log_broken`, `bad_signature`, `unknown_device`, `not_a_member`, `not_allowed` …
 */
export async function extendLog(
  log: VerifiedLog,
  entries: readonly SignedEntry[],
  signingKeyOf: SigningKeyOf,
): Promise<VerifiedLog> {
  let extended = log;
  for (const entry of entries) extended = await withEntry(extended, entry, signingKeyOf);
  return extended;
}

async function withEntry(
  log: VerifiedLog,
  { entry: text, sig }: SignedEntry,
  signingKeyOf: SigningKeyOf,
): Promise<VerifiedLog> {
  const entry = readEntry(text);
  const head = log.heads.at(-1) ?? null;
  if (entry.chat !== log.chat) throw new Refusal('misplaced', "It is another chat's entry");
  if (entry.n !== log.heads.length || entry.prev !== head) {
    throw new Refusal('log_broken', 'The entry does not follow the one before');
  }
  await verify(await signingKeyOf(entry.by, entry.device), 'member', utf8(text), sig);
  const state = applyEntry(log.states.at(-1) ?? null, entry);
  return {
    chat: log.chat,
    heads: [...log.heads, await hashText(text)],
    states: [...log.states, state],
  };
}

/** The log made of entries that were verified before and kept. */
export async function replayLog(
  chat: number,
  entries: readonly SignedEntry[],
): Promise<VerifiedLog> {
  const heads: string[] = [];
  const states: Membership[] = [];
  for (const { entry } of entries) {
    states.push(applyEntry(states.at(-1) ?? null, readEntry(entry)));
    heads.push(await hashText(entry));
  }
  return { chat, heads, states };
}

/**
 * Checks that a log which was delivered again is the one that is held, as far as both go.
 * @throws Refusal `log_forked`
 */
export async function mustAgree(log: VerifiedLog, entries: readonly SignedEntry[]): Promise<void> {
  for (const [n, { entry }] of entries.slice(0, log.heads.length).entries()) {
    if ((await hashText(entry)) !== log.heads[n]) {
      throw new Refusal('log_forked', 'There are two membership logs where one belongs');
    }
  }
}

/** Who was in the chat when the log had this head. @throws Refusal `log_broken` */
export function membershipAt(log: VerifiedLog, head: string): Membership {
  const state = log.states[log.heads.lastIndexOf(head)];
  if (!state) throw new Refusal('log_broken', 'It names a membership log that is not known here');
  return state;
}
