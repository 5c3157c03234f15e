import type { Generated } from 'kysely';

/** Chats and their messages. */
export interface ChatTables {
  chats: ChatsTable;
  chat_members: ChatMembersTable;
  messages: MessagesTable;
  reactions: ReactionsTable;
  chat_invites: ChatInvitesTable;
  scheduled_messages: ScheduledMessagesTable;
}

interface ChatsTable {
  id: Generated<number>;
  chat_type: 'direct' | 'group';
  name: string | null;
  description: string | null;
  avatar_url: string | null;
  is_active: number;
  is_encrypted: number;
  /** `lower:higher` user id of a direct chat, `lower:higher:encrypted` of its encrypted twin. */
  direct_key: string | null;
  member_count: number;
  rev: number;
  last_seq: number;
  /** Revision at which name, description, avatar or settings changed last. */
  info_rev: number;
  last_activity_at: number;
  created_at: number;
  /** Seconds after which messages sent from now on disappear; 0: never. */
  disappear_after_s: Generated<number>;
  /** Of a direct chat: one of its two members blocked the other. Kept with `blocks`. */
  is_blocked: Generated<number>;
  /** Number of the newest epoch of an encrypted chat; 0: none yet. */
  epoch: Generated<number>;
  /** A member or a device came or went: nothing is sent before the next epoch. */
  epoch_stale: Generated<number>;
}

interface ChatMembersTable {
  id: Generated<number>;
  chat_id: number;
  user_id: number;
  role: 'member' | 'admin' | 'owner';
  nickname: string | null;
  is_muted: number;
  /** When `is_muted` counts no more; null: never. */
  muted_until: Generated<number | null>;
  notification_level: Generated<'all' | 'mentions' | 'none'>;
  /** Grows with each change of the three above: they have no revision. */
  settings_version: Generated<number>;
  joined_at: number;
  /** Set when the member left; the row stays so that sync can tell it. */
  left_at: number | null;
  /** Revision of the last change of this membership. */
  rev: number;
  last_read_seq: number;
  last_delivered_seq: number;
  read_at: number | null;
  delivered_at: number | null;
}

interface MessagesTable {
  id: Generated<number>;
  chat_id: number;
  seq: number;
  /** Revision of the last change of this message. */
  rev: number;
  /** Revision at which it was sent: what a repeated send is answered with. */
  sent_rev: number;
  sender_id: number;
  reply_to_id: number | null;
  content: string;
  content_type: 'text' | 'image' | 'video' | 'audio' | 'file' | 'system';
  client_message_id: string | null;
  /** JSON of a system message's event. */
  system_event: string | null;
  /** `h.c.s` of an encrypted message, whose content is empty. */
  envelope: string | null;
  /** JSON list of those mentioned; null where nobody is. Of a large group's @all it names none. */
  mentions: string | null;
  is_deleted: number;
  created_at: number;
  edited_at: number | null;
  /** When it disappears; null: never, or it has. */
  expires_at: number | null;
  pinned_at: number | null;
  /** Whether rows of `media` belong to it: where none do, nobody need look. */
  has_media: Generated<number>;
}

interface ReactionsTable {
  message_id: number;
  emoji: string;
  user_id: number;
  created_at: number;
}

interface ChatInvitesTable {
  id: Generated<number>;
  code: string;
  chat_id: number;
  created_by: number;
  expires_at: number | null;
  max_uses: number | null;
  uses: number;
  created_at: number;
}

interface ScheduledMessagesTable {
  id: Generated<number>;
  user_id: number;
  chat_id: number;
  /** JSON of the body that will be sent. */
  body: string;
  client_message_id: string;
  send_at: number;
  /** When to try next: `send_at`, or later after a try that did not end. */
  due_at: number;
  status: 'waiting' | 'sending' | 'failed';
  failure_code: string | null;
  failure_detail: string | null;
  created_at: number;
}
