import type { Chat, ChatInfo, ChatMember, Message, UserSummary } from '@confab/protocol';
import { iso } from '../../lib/clock';
import type { Sees } from '../privacy';
import type { UserCard, UserDirectory } from '../users';
import { type ChatRow, isClosed, type MemberRow, type NamedUser } from './records';
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
): Chat {
  return {
    ...presentInfo(row),
    last_message: lastMessage,
    peer,
    my_role: row.role,
    unread_count: Math.max(0, row.last_seq - row.last_read_seq),
    mention_count: Number(row.mention_count ?? 0),
    last_read_message_id: row.last_read_message_id as Chat['last_read_message_id'],
    is_muted: row.is_muted === 1,
    nickname: row.nickname,
  };
}

export interface MemberMarks {
  last_read_message_id: number | null;
  last_delivered_message_id: number | null;
}

export function presentMember(row: MemberRow, user: UserSummary, marks: MemberMarks): ChatMember {
  return {
    id: row.id as ChatMember['id'],
    chat_id: row.chat_id as ChatMember['chat_id'],
    user_id: row.user_id as ChatMember['user_id'],
    user,
    role: row.role,
    nickname: row.nickname,
    is_muted: row.is_muted === 1,
    notification_level: row.notification_level,
    joined_at: iso(row.joined_at),
    last_read_message_id: marks.last_read_message_id as ChatMember['last_read_message_id'],
    last_delivered_message_id:
      marks.last_delivered_message_id as ChatMember['last_delivered_message_id'],
  };
}

/** What the one who looks at members sees of them. */
export interface Sight {
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
    const marks = sees.reads(row.user_id) ? row : { ...row, last_read_message_id: null };
    return card ? [presentMember(row, directory.summary(card, sees.presence), marks)] : [];
  });
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
