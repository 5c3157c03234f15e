import type { Generated } from 'kysely';

/** Files. */
export interface MediaTables {
  media: MediaTable;
  media_usage: MediaUsageTable;
  doomed_files: DoomedFilesTable;
  avatars: AvatarsTable;
}

/** Files: of messages, and uploaded ones that wait to be sent. */
interface MediaTable {
  id: Generated<number>;
  uploader_id: number;
  /** Of the message that has it; null until it is sent. */
  chat_id: number | null;
  message_id: number | null;
  /** Its place among the files of its message. */
  position: number;
  /** The scheduled message that will have it. */
  held_by: number | null;
  /** The resumable upload that it came by, so that its end can be sent again. */
  upload_id: string | null;
  file_key: string;
  thumbnail_key: string | null;
  original_filename: string;
  file_size: number;
  mime_type: string;
  media_type: 'image' | 'video' | 'audio' | 'document' | 'other';
  is_voice: number;
  /** JSON of what was found out about it. */
  facts: string;
  state: 'processing' | 'ready';
  /** How often processing was begun: a file that kills its process is let be. */
  attempts: number;
  /** When it is erased unless it is sent; null: it was, or is held. */
  expires_at: number | null;
  created_at: number;
}

/** What each user's files take, kept with every file that comes and goes. */
interface MediaUsageTable {
  user_id: number;
  bytes: number;
}

/**
 * Files that are to be taken from the store: those of erased messages, and those whose row is not
 * committed yet, which a crash would leave behind.
 */
interface DoomedFilesTable {
  key: string;
  /** Not before: until then an upload may still make it a file of its own. */
  not_before: number;
}

interface AvatarsTable {
  owner: 'user' | 'chat';
  owner_id: number;
  large_key: string;
  small_key: string;
}
