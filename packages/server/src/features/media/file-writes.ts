import { ConfabError } from '@confab/protocol/failure';
import { mustBeActive } from '../../storage/active-account';
import { changeUsage, doomFiles, doomMedia, keepFiles } from '../../storage/doomed-files';
import { defineWrite, type WriteContext } from '../../storage/write';
import { lockedChat, nextRev, saveChat } from '../chats/writes';
import {
  type ChangedMessage,
  changedMessage,
  MEDIA_COLUMNS,
  type MediaRow,
} from '../messages/writes';

/**
 * Files are about to be stored. Until they have a row they are doomed, so that a crash leaves none
 * behind.
 */
export const beginFiles = defineWrite<{ keys: string[]; notBefore: number }, null>(
  'media.begin',
  async (context, { keys, notBefore }) => {
    await doomFiles(context, keys, notBefore);
    return null;
  },
);

/** Their row will not come. Those that have one after all stay. */
export const abandonFiles = defineWrite<{ keys: string[] }, null>(
  'media.abandon',
  async ({ db }, { keys }) => {
    await db.updateTable('doomed_files').set({ not_before: 0 }).where('key', 'in', keys).execute();
    return null;
  },
);

export interface NewMedia {
  uploaderId: number;
  /** Of the resumable upload that it came by. */
  uploadId: string | null;
  fileKey: string;
  thumbnailKey: string | null;
  filename: string;
  size: number;
  mimeType: string;
  mediaType: MediaRow['media_type'];
  isVoice: boolean;
  facts: string;
  at: number;
  expiresAt: number;
  /** Bytes that the user's files may take; 0: any. */
  quota: number;
  /** There is nothing to find out about it. */
  isProcessed: boolean;
}

/** An uploaded file. It is nobody's message's yet. */
export const insertMedia = defineWrite<NewMedia, MediaRow>(
  'media.insert',
  async (context, file) => {
    const keys = [file.fileKey, ...(file.thumbnailKey === null ? [] : [file.thumbnailKey])];
    await keepFiles(context, keys, file.at);
    await mustBeActive(context, file.uploaderId);
    const used = await changeUsage(context, file.uploaderId, file.size);
    if (file.quota > 0 && used > file.quota) {
      throw quotaExceeded({ quota: file.quota, used: used - file.size, needed: file.size });
    }
    return context.db
      .insertInto('media')
      .values({
        uploader_id: file.uploaderId,
        position: 0,
        upload_id: file.uploadId,
        file_key: file.fileKey,
        thumbnail_key: file.thumbnailKey,
        original_filename: file.filename,
        file_size: file.size,
        mime_type: file.mimeType,
        media_type: file.mediaType,
        is_voice: Number(file.isVoice),
        facts: file.facts,
        state: file.isProcessed ? 'ready' : 'processing',
        attempts: 1,
        expires_at: file.expiresAt,
        created_at: file.at,
      })
      .returning(MEDIA_COLUMNS)
      .executeTakeFirstOrThrow();
  },
);

/** @param room in bytes; what is needed, as far as it is known */
export function quotaExceeded(room: {
  quota: number;
  used: number;
  needed?: number | undefined;
}): ConfabError {
  const left = inWords(Math.max(0, room.quota - room.used));
  const needed = room.needed === undefined ? '' : `; this needs ${inWords(room.needed)}`;
  return new ConfabError(
    'quota_exceeded',
    `There is no room: ${left} bytes are left of ${inWords(room.quota)}${needed}. Delete some of your files.`,
  );
}

const inWords = (bytes: number) => bytes.toLocaleString('en');

/** What was found out about a file. */
export interface ProcessedInput {
  mediaId: number;
  /** The chat that has it, as far as is known: the write is queued with that chat's. */
  chatId: number | null;
  thumbnailKey: string | null;
  facts: string;
  /** Another type than it was taken for: what nothing can decode is shown by nobody. */
  type: { mimeType: string; mediaType: MediaRow['media_type'] } | null;
  at: number;
}

export type ProcessedOutcome =
  | { kind: 'gone' }
  /** It was sent meanwhile: to be queued with that chat's writes. */
  | { kind: 'moved'; chatId: number }
  | { kind: 'stored'; row: MediaRow; message: ChangedMessage | null };

export const storeProcessed = defineWrite<ProcessedInput, ProcessedOutcome>(
  'media.processed',
  async (context, input) => {
    const row = await lockOne(context, input.mediaId);
    if (row && row.chat_id !== input.chatId && row.chat_id !== null) {
      return { kind: 'moved', chatId: row.chat_id };
    }
    if (!row) return gone(context, input);
    if (input.thumbnailKey !== null) {
      await keepFiles(context, [input.thumbnailKey], input.at);
      if (row.thumbnail_key !== null) await doomFiles(context, [row.thumbnail_key]);
    }
    const stored = await saveResult(context, row, input);
    return { kind: 'stored', row: stored, message: await toldOf(context, row) };
  },
);

async function gone(context: WriteContext, { thumbnailKey }: ProcessedInput) {
  if (thumbnailKey !== null) await doomFiles(context, [thumbnailKey]);
  return { kind: 'gone' } as const;
}

function lockOne({ db, dialect }: WriteContext, id: number): Promise<MediaRow | undefined> {
  return db
    .selectFrom('media')
    .select(MEDIA_COLUMNS)
    .where('id', '=', id)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
}

function saveResult({ db }: WriteContext, row: MediaRow, input: ProcessedInput): Promise<MediaRow> {
  return db
    .updateTable('media')
    .set({
      state: 'ready',
      facts: input.facts,
      thumbnail_key: input.thumbnailKey ?? row.thumbnail_key,
      mime_type: input.type?.mimeType ?? row.mime_type,
      media_type: input.type?.mediaType ?? row.media_type,
    })
    .where('id', '=', row.id)
    .returning(MEDIA_COLUMNS)
    .executeTakeFirstOrThrow();
}

/** Its message is another one now, at a new revision of its chat. */
async function toldOf(context: WriteContext, row: MediaRow): Promise<ChangedMessage | null> {
  if (row.chat_id === null || row.message_id === null) return null;
  const chat = await lockedChat(context, row.chat_id);
  if (!chat) return null;
  await context.db
    .updateTable('messages')
    .set({ rev: nextRev(chat) })
    .where('id', '=', row.message_id)
    .execute();
  await saveChat(context, chat);
  return changedMessage(context, { chatId: chat.id, messageId: row.message_id }, true);
}

/**
 * Another try at a file whose processing a stop or a crash broke off.
 * @returns false: it was tried often enough, and is let be as it is
 */
export const beginAttempt = defineWrite<{ mediaId: number; most: number }, boolean>(
  'media.attempt',
  async ({ db }, { mediaId, most }) => {
    const row = await db
      .updateTable('media')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', mediaId)
      .where('state', '=', 'processing')
      .returning('attempts')
      .executeTakeFirst();
    return row !== undefined && row.attempts <= most;
  },
);

/** Takes back uploads that came to nothing. Those that a message has stay. */
export const discardMedia = defineWrite<{ mediaIds: number[] }, null>(
  'media.discard',
  async (context, { mediaIds }) => {
    const rows = await context.db
      .deleteFrom('media')
      .where('id', 'in', mediaIds)
      .where('message_id', 'is', null)
      .returning(['file_key', 'thumbnail_key', 'uploader_id', 'file_size'])
      .execute();
    await doomMedia(context, rows);
    return null;
  },
);

export const fileWrites = [
  beginFiles,
  abandonFiles,
  insertMedia,
  storeProcessed,
  beginAttempt,
  discardMedia,
];
