import type { Generated } from 'kysely';

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
}

interface ChatMembersTable {
  id: Generated<number>;
  chat_id: number;
  user_id: number;
  role: 'member' | 'admin' | 'owner';
  nickname: string | null;
  is_muted: number;
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
  is_deleted: number;
  created_at: number;
  edited_at: number | null;
}

interface ReactionsTable {
  message_id: number;
  emoji: string;
  user_id: number;
  created_at: number;
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
