import type { ChatRow } from '../features/chats/records';
import { ChatState, type IsInactive } from '../features/chats/state';
import type { MemberState } from '../realtime/bus';

/** A membership with nothing read yet. */
export function memberOf(userId: number, more: Partial<MemberState> = {}): MemberState {
  return {
    memberId: 1000 + userId,
    userId,
    role: 'member',
    nickname: null,
    isMuted: false,
    mutedUntil: null,
    level: 'all',
    joinedAt: 0,
    readSeq: 0,
    deliveredSeq: 0,
    readAt: null,
    deliveredAt: null,
    ...more,
  };
}

/** A group as nodes hold it in memory. */
export function stateOf(
  members: readonly MemberState[],
  more: Partial<ChatRow> = {},
  isInactive: IsInactive = () => false,
): ChatState {
  const row: ChatRow = {
    id: 7,
    chat_type: 'group',
    name: 'Group',
    description: null,
    avatar_url: null,
    is_active: 1,
    is_encrypted: 0,
    epoch: 0,
    epoch_stale: 0,
    direct_key: null,
    member_count: members.length,
    rev: 1,
    last_seq: 0,
    info_rev: 1,
    last_activity_at: 0,
    created_at: 0,
    disappear_after_s: 0,
    is_blocked: 0,
    ...more,
  };
  return new ChatState(row, members, isInactive);
}
