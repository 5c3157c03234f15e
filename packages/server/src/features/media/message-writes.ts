import { ConfabError } from '@confab/protocol/failure';
import { doomMedia } from '../../storage/doomed-files';
import { defineWrite, type WriteContext } from '../../storage/write';
import {
  type ChatRow,
  chatAndActor,
  lockedChat,
  nextRev,
  refuseBlocked,
  saveChat,
} from '../chats/writes';
import {
  attachMedia,
  type ChangedMessage,
  changedMessage,
  loadMessage,
  lockMedia,
  MAX_MEDIA,
  mustBeFree,
  refuseDeleted,
} from '../messages/writes';

interface OfMessage {
  chatId: number;
  messageId: number;
  actorId: number;
  at: number;
}

const FILE = ['file_key', 'thumbnail_key', 'uploader_id', 'file_size'] as const;

/** Files that were uploaded to a message that is there already. */
export const attachToMessage = defineWrite<OfMessage & { mediaIds: number[] }, ChangedMessage>(
  'media.attach',
  async (context, input) => {
    const { chat } = await chatAndActor(context, input.chatId, input.actorId);
    const message = await loadMessage(context, input);
    mustTakeFiles(message, input);
    refuseBlocked(chat);
    const { count, next: from } = await filesOf(context, input.messageId);
    if (count + input.mediaIds.length > MAX_MEDIA) throw tooMany();
    const rows = await lockMedia(context, input.mediaIds);
    mustBeFree(rows, input.mediaIds, { userId: input.actorId, at: input.at });
    await attachMedia(context, { ...input, from }, rows, input.mediaIds);
    return changed(context, chat, input);
  },
);

const tooMany = () => new ConfabError('conflict', `A message has at most ${MAX_MEDIA} files`);

/** @throws ConfabError unless the user may put files to it */
export function mustTakeFiles(
  message: Parameters<typeof refuseDeleted>[0],
  { actorId, at }: { actorId: number; at: number },
): void {
  if (message.sender_id !== actorId || message.content_type === 'system') {
    throw new ConfabError('forbidden', 'Only its sender may put files to a message');
  }
  refuseDeleted(message, at);
}

/** How many files a message has, and the place behind them: some may have been deleted. */
async function filesOf(
  { db }: WriteContext,
  messageId: number,
): Promise<{ count: number; next: number }> {
  const { count, last } = await db
    .selectFrom('media')
    .select((eb) => [eb.fn.countAll().as('count'), eb.fn.max('position').as('last')])
    .where('message_id', '=', messageId)
    .executeTakeFirstOrThrow();
  return { count: Number(count), next: last === null ? 0 : Number(last) + 1 };
}

/** The message at its chat's next revision. */
async function changed(
  context: WriteContext,
  chat: ChatRow,
  input: { chatId: number; messageId: number },
): Promise<ChangedMessage> {
  const rev = nextRev(chat);
  await context.db.updateTable('messages').set({ rev }).where('id', '=', input.messageId).execute();
  await saveChat(context, chat);
  return changedMessage(context, input, true);
}

/** Takes a file from its message. */
export const deleteFile = defineWrite<OfMessage & { mediaId: number }, ChangedMessage>(
  'media.delete',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    const row = await context.db
      .selectFrom('media')
      .select('uploader_id')
      .where('id', '=', input.mediaId)
      .where('message_id', '=', input.messageId)
      .executeTakeFirst();
    if (!row) throw new ConfabError('not_found', 'There is no such file');
    if (row.uploader_id !== input.actorId && actor.role === 'member') {
      throw new ConfabError('forbidden', 'Only its uploader, an admin or the owner may delete it');
    }
    const files = await context.db
      .deleteFrom('media')
      .where('id', '=', input.mediaId)
      .returning(FILE)
      .execute();
    await doomMedia(context, files);
    await markWithoutFiles(context, input.messageId);
    return changed(context, chat, input);
  },
);

/** When nothing is left of them. */
async function markWithoutFiles(context: WriteContext, messageId: number): Promise<void> {
  if ((await filesOf(context, messageId)).count > 0) return;
  await context.db
    .updateTable('messages')
    .set({ has_media: 0 })
    .where('id', '=', messageId)
    .execute();
}

/** Takes the files of a user who is being erased from a message. @returns null: nobody need be told */
export const eraseFilesOf = defineWrite<
  { chatId: number; messageId: number; userId: number },
  ChangedMessage | null
>('media.erase_of', async (context, input) => {
  const files = await context.db
    .deleteFrom('media')
    .where('message_id', '=', input.messageId)
    .where('uploader_id', '=', input.userId)
    .returning(FILE)
    .execute();
  await doomMedia(context, files);
  await markWithoutFiles(context, input.messageId);
  const chat = files.length > 0 ? await lockedChat(context, input.chatId) : undefined;
  return chat ? changed(context, chat, input) : null;
});
