import type { Generated } from 'kysely';

/** What people are told of: mentions, notifications, pushes. */
export interface NoticeTables {
  mentions: MentionsTable;
  notifications: NotificationsTable;
  notification_cursors: NotificationCursorsTable;
  notification_settings: NotificationSettingsTable;
  push_subscriptions: PushSubscriptionsTable;
  push_queue: PushQueueTable;
  push_log: PushLogTable;
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
  /** The place of the first message that it stands for; null for mentions and invitations. */
  first_seq: number | null;
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
