/** How often a user may do something: so many a second on average, and so many at once. */
export const RATES = {
  /** Messages, edits and reactions. */
  messages: { rate: 20, burst: 60 },
  /** Changes of chats, pins, deletions, settings: somebody who tidies up may do many at once. */
  changes: { rate: 20, burst: 300 },
  /** Heavy reads (chats with their members, pages of messages, notifications, syncs): an app that
   * starts, and one that scrolls fast, makes many at once. */
  reads: { rate: 30, burst: 300 },
  /** Tries at invitations: nobody guesses a code, but nobody need try for long either. */
  inviteTries: { rate: 0.5, burst: 30 },
  /** Accounts made from one address: a school may sit behind it. */
  registrations: { rate: 1, burst: 600 },
  /** Bodies that are refused: of a user, or of an address where nobody is signed in. */
  badBodies: { rate: 20, burst: 600 },
  /** Device lists, approvals, epochs and entries of membership logs, which all stay: who tidies up an
   * account with many encrypted chats makes an epoch for each, but nobody goes on so. */
  keyUploads: { rate: 1, burst: 300 },
  /** Looks at keys, epochs and membership logs: an app that starts looks at everybody in its chats. */
  keyReads: { rate: 50, burst: 3_000 },
  /** Account keys that are made or replaced: each costs half a second of a processor. */
  accountKeys: { rate: 10 / 3600, burst: 10 },
  /** Backups that are stored or fetched: they may be large. */
  backups: { rate: 0.5, burst: 20 },
  /** Texts that the server encrypts, for up to fifty people each. */
  encrypts: { rate: 10, burst: 100 },
  /** Tries to decrypt with the account key. */
  decrypts: { rate: 10 / 60, burst: 10 },
  reports: { rate: 20 / 3600, burst: 20 },
  /** Test notifications. */
  pushTests: { rate: 0.1, burst: 5 },
  /** Frames of a connection that are refused; more are a flood. */
  refusedFrames: { rate: 30, burst: 300 },
} as const;

/** What a message may have at most; apart from the rest, as the writer thread knows no schemas. */
export const PER_MESSAGE = {
  /** Names that it mentions; further ones are plain text. */
  mentions: 50,
  /** Different emoji that react to it. */
  emoji: 50,
} as const;
