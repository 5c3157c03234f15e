import { LIMITS } from '../common';

/** The limits that both documents show: those of the contract, and the default rates. */
export const DEFAULT_DOCUMENT_LIMITS = {
  ...LIMITS,
  messagesPerSecond: 20,
  messageBurst: 60,
  refusedFramesPer10s: 300,
  loginFailuresPer15Min: 5,
} as const;

/** What a server is really configured to, where it differs from the defaults. */
export type DocumentLimits = {
  readonly [Name in keyof typeof DEFAULT_DOCUMENT_LIMITS]: number;
};

const MEANING: Record<keyof DocumentLimits, string> = {
  messageBytes: "UTF-8 bytes of a message's content (more: 413 `too_large`)",
  frameBytes: 'Bytes of a WebSocket frame (more: close 1009)',
  groupMembers: 'Members of a group',
  pageSize: 'Items on a page',
  defaultPageSize: 'Items on a page when none are asked for',
  syncChanges: 'Changes of a chat that a sync makes up for',
  socketsPerUser: 'Connections of a user (the next is refused with 429)',
  detailMembers: "Members in a chat's details",
  shortestDisappearAfterS: 'Seconds after which messages disappear, at least',
  longestDisappearAfterS: 'Seconds after which messages disappear, at most',
  pinsPerChat: 'Pinned messages of a chat',
  invitesPerChat: 'Good invite links of a group',
  scheduledPerUser: 'Scheduled messages of a user that wait',
  messagesPerSecond: 'Messages a second of a user',
  messageBurst: 'Messages of a user at once',
  refusedFramesPer10s: 'Refused frames in 10 s (more: close 4029)',
  loginFailuresPer15Min: 'Wrong passwords in 15 min, per account and address',
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
