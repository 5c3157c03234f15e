import type { Generated, GeneratedAlways } from 'kysely';
import type { ChatTables } from './chats';

/** Accounts, their sessions, and what people may see of each other. */
export interface PeopleTables {
  users: UsersTable;
  user_names: UserNamesTable;
  sessions: SessionsTable;
  blocks: BlocksTable;
  privacy_settings: PrivacySettingsTable;
  erasures: ErasuresTable;
  retired_usernames: RetiredUsernamesTable;
  reports: ReportsTable;
  audit_log: AuditLogTable;
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
  content_type: ChatTables['messages']['content_type'] | null;
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
