import { LIMITS } from '../common';
import { PER_MESSAGE, RATES } from '../rates';

const MINUTE = 60;
const HOUR = 3600;

/** The limits that both documents show: those of the contract, and the default rates. */
export const DEFAULT_DOCUMENT_LIMITS = {
  ...LIMITS,
  mentionsPerMessage: PER_MESSAGE.mentions,
  emojiPerMessage: PER_MESSAGE.emoji,
  messagesPerSecond: RATES.messages.rate,
  messageBurst: RATES.messages.burst,
  refusedFramesPer10s: RATES.refusedFrames.rate * 10,
  refusedFrameBurst: RATES.refusedFrames.burst,
  changesPerSecond: RATES.changes.rate,
  changeBurst: RATES.changes.burst,
  readsPerSecond: RATES.reads.rate,
  readBurst: RATES.reads.burst,
  badBodiesPerSecond: RATES.badBodies.rate,
  badBodyBurst: RATES.badBodies.burst,
  inviteTriesPerMinute: RATES.inviteTries.rate * MINUTE,
  inviteTryBurst: RATES.inviteTries.burst,
  keyUploadsPerSecond: RATES.keyUploads.rate,
  keyUploadBurst: RATES.keyUploads.burst,
  keyReadsPerSecond: RATES.keyReads.rate,
  keyReadBurst: RATES.keyReads.burst,
  accountKeysPerHour: RATES.accountKeys.rate * HOUR,
  accountKeyBurst: RATES.accountKeys.burst,
  backupsPerMinute: RATES.backups.rate * MINUTE,
  backupBurst: RATES.backups.burst,
  encryptsPerSecond: RATES.encrypts.rate,
  encryptBurst: RATES.encrypts.burst,
  decryptsPerMinute: RATES.decrypts.rate * MINUTE,
  decryptBurst: RATES.decrypts.burst,
  reportsPerHour: RATES.reports.rate * HOUR,
  pushTestsPerMinute: RATES.pushTests.rate * MINUTE,
  pushTestBurst: RATES.pushTests.burst,
  registrationBurst: RATES.registrations.burst,
} as const;

/** What a server is really configured to, where it differs from the defaults. */
export type DocumentLimits = {
  readonly [Name in keyof typeof DEFAULT_DOCUMENT_LIMITS]: number;
};

const MEANING: Record<keyof DocumentLimits, string> = {
  messageBytes: "UTF-8 bytes of a message's content (more: 413 `too_large`)",
  frameBytes: 'Bytes of a WebSocket frame (more: close 1009)',
  bodyBytes: "Bytes of a REST call's JSON body (more: 413 `too_large`)",
  messageBodyBytes: 'The same for bodies that carry a message',
  listBodyBytes: 'The same for new groups and syncs, whose lists are long',
  formBytes: 'Bytes of a form (more: 413 `too_large`)',
  bodyS: 'Seconds that a JSON body or a form may take to arrive (later: 408 `body_incomplete`)',
  unsentBytes: 'Bytes that a connection may leave unread (more: close 4008)',
  mentionsPerMessage: 'Names that a message may mention (further ones are plain text)',
  emojiPerMessage: 'Different emoji that react to a message',
  searchesPerUser: 'Searches of a user under way (the next is refused with 429)',
  loginFailures: 'Wrong passwords in 15 minutes, per account and address',
  groupMembers: 'Members of a group',
  pageSize: 'Items on a page',
  defaultPageSize: 'Items on a page when none are asked for',
  syncChats: 'Chats that a sync asks for',
  syncChanges: 'Changes of a chat that a sync makes up for',
  socketsPerUser: 'Connections of a user (the next is refused with 429)',
  detailMembers: "Members in a chat's details",
  shortestDisappearAfterS: 'Seconds after which messages disappear, at least',
  longestDisappearAfterS: 'Seconds after which messages disappear, at most',
  pinsPerChat: 'Pinned messages of a chat',
  invitesPerChat: 'Good invite links of a group',
  blocksPerUser: 'Users that one user blocks',
  scheduledPerUser: 'Scheduled messages of a user that wait',
  fileBytes: 'Bytes of a file (more: 413 `too_large`)',
  filesPerMessage: 'Files of a message, and of an upload',
  filenameBytes: "UTF-8 bytes of a file's name (of a longer one, its end is kept)",
  uploadsPerUser: 'Uploads of a user at the same time (the next is refused with 429)',
  unsentFileHours: 'Hours after which a file is erased that no message has',
  mediaLinkS: 'Seconds for which a link to a file is good',
  messagesPerSecond: 'Messages, edits and reactions a second of a user',
  messageBurst: 'Such messages and changes of them at once',
  devicesPerUser: 'Devices of a user that encrypt',
  approvalsPerUser: 'Devices of a user that wait to be let in',
  encryptedGroupMembers: 'Members of an encrypted group',
  epochRecipients: 'Devices that one epoch is wrapped to',
  envelopeBytes: "Bytes of an encrypted message's envelope",
  logEntryBytes: 'UTF-8 bytes of an entry of a membership log',
  logBodyBytes: 'Bytes of a body with such an entry (more: 413 `too_large`)',
  deviceListBodyBytes: 'Bytes of a body with a device list (more: 413 `too_large`)',
  epochBodyBytes: 'Bytes of a posted epoch',
  backupBodyBytes: 'Bytes of a backup',
  assistedTextBytes: 'UTF-8 bytes of a text that the server encrypts',
  refusedFramesPer10s: 'Refused frames in 10 s (more: close 4029)',
  refusedFrameBurst: 'Refused frames at once',
  changesPerSecond: 'Changes a second of a user (of chats, pins, settings; deletions)',
  changeBurst: 'Changes of a user at once',
  readsPerSecond:
    'Reads a second of a user (pages of chats, members and messages; details, receipts, searches, syncs)',
  readBurst: 'Such reads of a user at once; a sync counts as one more for every 200 chats',
  badBodiesPerSecond:
    'Bodies a second that are refused, of a user, or of an address without a token',
  badBodyBurst: 'Such bodies at once; a large one counts as several',
  inviteTriesPerMinute: 'Tries at invite links a minute of a user',
  inviteTryBurst: 'Such tries of a user at once',
  keyUploadsPerSecond:
    'Device lists, approvals, epochs and entries of membership logs a second of a user',
  keyUploadBurst: 'Such uploads of keys of a user at once',
  keyReadsPerSecond: 'Looks at keys, epochs and membership logs a second of a user',
  keyReadBurst: 'Such looks of a user at once',
  accountKeysPerHour: 'Account keys an hour that a user makes or replaces',
  accountKeyBurst: 'Such account keys of a user at once',
  backupsPerMinute: 'Backups a minute that a user stores or fetches',
  backupBurst: 'Such backups of a user at once',
  encryptsPerSecond: 'Texts a second that the server encrypts for a user',
  encryptBurst: 'Such texts of a user at once',
  decryptsPerMinute: 'Tries a minute of a user to decrypt with the account key',
  decryptBurst: 'Such tries of a user at once',
  reportsPerHour: 'Reports an hour of a user',
  pushTestsPerMinute: 'Test notifications a minute of a user',
  pushTestBurst: 'Test notifications of a user at once',
  registrationBurst: 'Accounts made from one address at once; then one a second',
};

export function allLimits(configured: Partial<DocumentLimits> = {}): DocumentLimits {
  return { ...DEFAULT_DOCUMENT_LIMITS, ...configured };
}

/** Limits and what they mean, in the order of the contract. */
export function limitRows(limits: DocumentLimits): { meaning: string; value: string }[] {
  return (Object.keys(MEANING) as (keyof DocumentLimits)[]).map((name) => ({
    meaning: MEANING[name],
    value: limits[name].toLocaleString('en'),
  }));
}

/** The limits in one paragraph. */
export function limitText(limits: DocumentLimits): string {
  return limitRows(limits)
    .map(({ meaning, value }) => `${meaning}: ${value}`)
    .join(' · ');
}
