import { MembershipEntry, type Role } from '@confab/protocol';
import { utf8 } from '../encoding';
import { parseVersioned } from '../formats';
import { sign } from '../keys/signing';

export type MemberRole = Role;
/** An entry of an encrypted chat's membership log. */
export type LogEntry = MembershipEntry;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What an entry says; where it stands and who says it is added when it is signed. */
export type LogStatement = Without<LogEntry, 'v' | 'chat' | 'n' | 'prev' | 'by' | 'device' | 'at'>;

/** An entry as it is stored: the exact text, and its device's signature. */
export interface SignedEntry {
  readonly entry: string;
  readonly sig: string;
}

/** Where an entry goes, and who makes it. */
export interface EntryPlace {
  readonly chat: number;
  readonly n: number;
  /** The log's head; null for the first entry. */
  readonly prev: string | null;
  readonly by: number;
  readonly device: string;
  readonly at: number;
}

export async function makeEntry(
  signingKey: CryptoKey,
  place: EntryPlace,
  statement: LogStatement,
): Promise<SignedEntry> {
  const { chat, n, prev, by, device, at } = place;
  const entry = JSON.stringify({ v: 1, chat, n, prev, ...statement, by, device, at });
  return { entry, sig: await sign(signingKey, 'member', utf8(entry)) };
}

export const readEntry = (text: string): LogEntry =>
  parseVersioned('The entry of the membership log', MembershipEntry, text);
