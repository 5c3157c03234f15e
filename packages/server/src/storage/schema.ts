import type { Generated, GeneratedAlways } from 'kysely';

/**
 * The tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC; flags are
 * 0 or 1, as SQLite knows no booleans.
 */
export interface Schema {
  meta: MetaTable;
  users: UsersTable;
  user_names: UserNamesTable;
  sessions: SessionsTable;
  chats: ChatsTable;
  chat_members: ChatMembersTable;
  messages: MessagesTable;
  reactions: ReactionsTable;
  chat_invites: ChatInvitesTable;
  scheduled_messages: ScheduledMessagesTable;
  push_subscriptions: PushSubscriptionsTable;
  push_queue: PushQueueTable;
  push_log: PushLogTable;
  mentions: MentionsTable;
  notifications: NotificationsTable;
  notification_cursors: NotificationCursorsTable;
  notification_settings: NotificationSettingsTable;
  erasures: ErasuresTable;
  retired_usernames: RetiredUsernamesTable;
  reports: ReportsTable;
  audit_log: AuditLogTable;
  blocks: BlocksTable;
  privacy_settings: PrivacySettingsTable;
  search_progress: SearchProgressTable;
  search_changes: SearchChangesTable;
  message_grams: MessageGramsTable;
}

interface MetaTable {
  key: string;
  value: string;
}

interface UsersTable {
  id: Generated<number>;
  /** Lower-case, unique. */
  username: string;
  /** Lower-case, unique. */
  email: string;
  password_hash: string;
  full_name: string | null;
  /** The full name, folded for searches. */
  search_name: string | null;
  avatar_url: string | null;
  bio: string | null;
  public_key: string | null;
  is_active: number;
  last_seen: number | null;
  created_at: number;
  server_role: Generated<'user' | 'admin'>;
  /** Set as soon as the account is to be erased. */
  erased_at: number | null;
  /** What others are shown: the username, or “deleted user” while the account is not active. */
  shown_name: GeneratedAlways<string>;
}

/** Beginnings by which users are found; a trigger forgets a user's when a name changes. */
interface UserNamesTable {
  name: string;
  user_id: number;
}

interface SessionsTable {
  id: Generated<number>;
  user_id: number;
  device: string;
  ip: string;
  /** Number of the refresh token that is good now; older ones are spent. */
  generation: number;
  rotated_at: number;
  last_used_at: number;
  expires_at: number;
  created_at: number;
  device_token: string | null;
  device_platform: string | null;
  device_token_at: number | null;
}

interface ChatsTable {
  id: Generated<number>;
  chat_type: 'direct' | 'group';
  name: string | null;
  description: string | null;
  avatar_url: string | null;
  is_active: number;
  is_encrypted: number;
  /** `lower:higher` user id of a direct chat: one chat per pair. */
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
}

interface ChatMembersTable {
  id: Generated<number>;
  chat_id: number;
  user_id: number;
  role: 'member' | 'admin' | 'owner';
  nickname: string | null;
  is_muted: number;
  notification_level: Generated<'all' | 'mentions' | 'none'>;
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
  /** JSON list of those mentioned; null where nobody is. Of a large group's @all it names none. */
  mentions: string | null;
  is_deleted: number;
  created_at: number;
  edited_at: number | null;
  /** When it disappears; null: never, or it has. */
  expires_at: number | null;
  pinned_at: number | null;
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

/** Browsers' Web Push subscriptions: one per session, and gone with it. */
interface PushSubscriptionsTable {
  session_id: number;
  endpoint: string;
  p256dh: string;
  auth: string;
  created_at: number;
}

/** Notifications on their way to devices; a row goes when its outcome is known. */
interface PushQueueTable {
  id: Generated<number>;
  user_id: number;
  session_id: number;
  kind: 'firebase' | 'web_push';
  /** The notification, as JSON. */
  payload: string;
  created_at: number;
}

/** What became of each user's latest notifications, in words. */
interface PushLogTable {
  id: Generated<number>;
  user_id: number;
  notification_id: number | null;
  device: string | null;
  outcome: string;
  at: number;
}

/** One mention of a member. It is unread when it lies past their watermark and `is_read` is 0. */
interface MentionsTable {
  id: Generated<number>;
  message_id: number;
  chat_id: number;
  seq: number;
  user_id: number;
  is_read: number;
  /** Its notification was made. */
  notified: number;
  created_at: number;
}

/**
 * What somebody was or will be told of. Texts are made from what it refers to when it is shown, so
 * that they keep nothing of a message that was deleted, and follow new names.
 */
interface NotificationsTable {
  id: Generated<number>;
  user_id: number;
  type: 'message' | 'mention' | 'group_invite';
  chat_id: number;
  message_id: number | null;
  seq: number | null;
  /** Who wrote, mentioned or invited. */
  actor_id: number;
  /** How many messages it stands for. */
  messages: number;
  is_read: number;
  /** The user's devices were told, or need not be. */
  told: number;
  created_at: number;
  updated_at: number;
}

/**
 * Up to `seq` everybody was notified of a chat's messages; of those up to `upto`, the members with
 * ids up to `after_user` were.
 */
interface NotificationCursorsTable {
  chat_id: number;
  seq: number;
  upto: number;
  after_user: number;
}

interface NotificationSettingsTable {
  user_id: number;
  /** Minutes after midnight in the user's time zone. */
  quiet_from: number | null;
  quiet_to: number | null;
  time_zone: string;
}

/** Accounts whose erasure is not finished yet. */
interface ErasuresTable {
  user_id: number;
  /** The name that they had, to find it in what is left to erase. */
  username: string;
  requested_at: number;
}

interface RetiredUsernamesTable {
  /** SHA-256 of a name that nobody may take again. */
  hash: string;
}

interface ReportsTable {
  id: Generated<number>;
  reporter_id: number;
  /** The reported user, or the reported message: one of the two. */
  user_id: number | null;
  message_id: number | null;
  /** The reported user, or the message's sender. */
  about_id: number;
  reason: string;
  state: 'open' | 'resolved';
  chat_id: number | null;
  /** A copy of what was said, null where the server cannot read it. */
  content: string | null;
  content_type: MessagesTable['content_type'] | null;
  sent_at: number | null;
  note: string | null;
  resolved_by: number | null;
  resolved_at: number | null;
  created_at: number;
}

interface AuditLogTable {
  id: Generated<number>;
  at: number;
  /** Null: somebody on the server's command line. */
  actor_id: number | null;
  address: string;
  action: string;
  target_id: number | null;
  /** JSON of what else there is to say. */
  details: string;
}

interface BlocksTable {
  blocker_id: number;
  blocked_id: number;
  created_at: number;
}

/** Of those who do not show everything to everyone. */
interface PrivacySettingsTable {
  user_id: number;
  last_seen: 'everyone' | 'contacts' | 'nobody';
  read_receipts: 'everyone' | 'contacts' | 'nobody';
}

/** How far each chat's messages are in the search index. */
interface SearchProgressTable {
  chat_id: number;
  seq: number;
}

/** Messages that were changed or erased since they were indexed; triggers keep it. */
interface SearchChangesTable {
  message_id: number;
  chat_id: number;
  /** The text that the index has of it (SQLite, whose index does not keep it). */
  content: string;
}

/** The search index. On SQLite it is a table of FTS5 without these columns. */
interface MessageGramsTable {
  message_id: number;
  chat_id: number;
  grams: number[];
}

export type Dialect = 'sqlite' | 'postgres';
