import { type LogEntry, readEntry, type SignedEntry } from './entry';

/** An entry as it is kept. */
export interface KeptEntry extends SignedEntry {
  /**
   * It came after it was known that its author had left the identity which its device belongs to: who
   * has that device may have signed it since.
   */
  readonly isLate?: true;
}

/** Who is in the log by such a word alone. Immutable. */
export interface Doubts {
  /** They get no keys. */
  readonly members: ReadonlySet<number>;
  /** Members whose right to let others in rests on it; all of the above, too. */
  readonly admins: ReadonlySet<number>;
}

export const noDoubts: Doubts = { members: new Set(), admins: new Set() };

/** What further entries of a verified log make of it. */
export function doubtsAfter(doubts: Doubts, entries: readonly KeptEntry[]): Doubts {
  const members = new Set(doubts.members);
  const admins = new Set(doubts.admins);
  for (const { entry: text, isLate = false } of entries) {
    const entry = readEntry(text);
    const user = personOf(entry);
    if (user === null) continue;
    const isDoubtful = isLate || admins.has(entry.by);
    if (entry.action !== 'role') mark(members, user, isDoubtful && entry.action === 'add');
    mark(admins, user, members.has(user) || (isDoubtful && entry.action !== 'remove'));
  }
  return { members, admins };
}

/** Whom an entry is about; null for all at once. */
function personOf(entry: LogEntry): number | null {
  switch (entry.action) {
    case 'create':
      return null;
    case 'leave':
      return entry.by;
    default:
      return entry.user;
  }
}

function mark(set: Set<number>, user: number, isIn: boolean): void {
  if (isIn) set.add(user);
  else set.delete(user);
}
