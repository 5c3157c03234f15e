import type { Chat, ChatInfo, ChatMember, Message, UserSummary } from '@confab/protocol';
import { iso } from '../../lib/clock';
import type { Sees } from '../privacy';
import type { UserCard, UserDirectory } from '../users';
import { presentMute } from './mute';
import { type ChatRow, isClosed, type MemberRow, memberSettings, type NamedUser } from './records';
import type { ChatOfUser, MemberWithMarks } from './repository';

export function presentInfo(row: ChatRow): ChatInfo {
  return {
    id: row.id as Chat['id'],
    name: row.name,
    description: row.description,
    chat_type: row.chat_type,
    avatar_url: row.avatar_url,
    is_active: row.is_active === 1 && !isClosed(row),
    is_encrypted: row.is_encrypted === 1,
    member_count: row.member_count,
    rev: row.rev,
    last_seq: row.last_seq,
    created_at: iso(row.created_at),
    disappear_after_s: row.disappear_after_s,
  };
}

export function presentChat(
  row: ChatOfUser,
  lastMessage: Message | null,
  peer: UserSummary | null,
  now: number,
): Chat {
  return {
    ...presentInfo(row),
    last_message: lastMessage,
    peer,
    my_role: row.role,
    unread_count: Math.max(0, row.last_seq - row.last_read_seq),
    mention_count: Number(row.mention_count ?? 0),
    last_read_message_id: row.last_read_message_id as Chat['last_read_message_id'],
    ...presentMute(memberSettings(row), now),
    notification_level: row.notification_level,
    settings_version: row.settings_version,
    nickname: row.nickname,
  };
}

export interface MemberMarks {
  last_read_message_id: number | null;
  last_delivered_message_id: number | null;
}

/**
 * A member as others see them: what they want to hear of the chat is nobody's business.
 * `presentOwn` shows that too.
 */
export function presentMember(row: MemberRow, user: UserSummary, marks: MemberMarks): ChatMember {
  return {
    id: row.id as ChatMember['id'],
    chat_id: row.chat_id as ChatMember['chat_id'],
    user_id: row.user_id as ChatMember['user_id'],
    user,
    role: row.role,
    nickname: row.nickname,
    is_muted: false,
    joined_at: iso(row.joined_at),
    last_read_message_id: marks.last_read_message_id as ChatMember['last_read_message_id'],
    last_delivered_message_id:
      marks.last_delivered_message_id as ChatMember['last_delivered_message_id'],
  };
}

/** A member as they see themselves. */
export function presentOwn(
  row: MemberRow,
  user: UserSummary,
  marks: MemberMarks,
  now: number,
): ChatMember {
  const { notification_level, settings_version } = row;
  const settings = { ...presentMute(memberSettings(row), now), notification_level };
  return { ...presentMember(row, user, marks), ...settings, settings_version };
}

/** What the one who looks at members sees of them. */
export interface Sight {
  viewerId: number;
  now: number;
  deliveries: Sees;
  presence: Sees;
  reads: Sees;
}

export function presentMembers(
  rows: readonly MemberWithMarks[],
  cards: ReadonlyMap<number, UserCard>,
  directory: UserDirectory,
  sees: Sight,
): ChatMember[] {
  return rows.flatMap((row) => {
    const card = cards.get(row.user_id);
    const marks = marksSeen(row, sees);
    if (!card) return [];
    const user = directory.summary(card, sees.presence);
    return row.user_id === sees.viewerId
      ? [presentOwn(row, user, marks, sees.now)]
      : [presentMember(row, user, marks)];
  });
}

function marksSeen(row: MemberWithMarks, sees: Sight): MemberMarks {
  const last_read_message_id = sees.reads(row.user_id) ? row.last_read_message_id : null;
  const last_delivered_message_id = sees.deliveries(row.user_id)
    ? row.last_delivered_message_id
    : last_read_message_id;
  return { last_read_message_id, last_delivered_message_id };
}

/** A user as a frame shows them that is made once for many: who may see whether they are online? */
export function summaryForAll(user: NamedUser): UserSummary {
  return {
    id: user.id as UserSummary['id'],
    username: user.username,
    full_name: user.full_name,
    avatar_url: user.avatar_url,
    is_online: false,
    last_seen: null,
  };
}
