import type { SystemEvent } from '@confab/protocol';
import type { Selectable } from 'kysely';
import type { MemberSettings, MemberState } from '../../realtime/bus';
import type { Schema } from '../../storage/schema';

export type ChatRow = Selectable<Schema['chats']>;
export type MemberRow = Selectable<Schema['chat_members']>;

/** The account on the other side of this direct chat was erased: it can be read, not written to. */
export const isClosed = (row: Pick<ChatRow, 'chat_type' | 'direct_key'>): boolean =>
  row.chat_type === 'direct' && row.direct_key === null;

/** A system message as it was inserted. */
export interface SystemMessage {
  id: number;
  chatId: number;
  seq: number;
  rev: number;
  senderId: number;
  content: string;
  event: SystemEvent;
  at: number;
}

export const memberSettings = (
  row: Pick<MemberRow, 'is_muted' | 'muted_until' | 'notification_level'>,
): MemberSettings => ({
  isMuted: row.is_muted === 1,
  mutedUntil: row.muted_until,
  level: row.notification_level,
});

export function memberState(row: MemberRow): MemberState {
  return {
    memberId: row.id,
    userId: row.user_id,
    role: row.role,
    nickname: row.nickname,
    ...memberSettings(row),
    joinedAt: row.joined_at,
    readSeq: row.last_read_seq,
    deliveredSeq: row.last_delivered_seq,
    readAt: row.read_at,
    deliveredAt: row.delivered_at,
  };
}

/** What is shown of a user beside a change. */
export interface NamedUser {
  id: number;
  username: string;
  full_name: string | null;
  avatar_url: string | null;
  last_seen: number | null;
}
