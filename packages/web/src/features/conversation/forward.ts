import { session } from '../../state/session';
import type { ChatId, Message } from '../../state/types';
import { openedFile } from '../encryption/encrypted-file';
import { isEncrypted } from '../encryption/encryption';
import type { ShownFile } from '../encryption/shown-file';
import { shownOf } from '../encryption/view';
import { describeFile } from '../media/describe-file';

/** The file itself, to be sent again: a file belongs to one message, and so does its key. */
async function fileOf(shown: ShownFile): Promise<File> {
  const { original_filename, mime_type, secret } = shown;
  const blob = secret
    ? await openedFile(secret)
    : await new Response(await session.client.download(shown)).blob();
  return new File([blob], original_filename, { type: mime_type });
}

/** Whether there is anything in a message that can be sent on. */
export function canForward(message: Message): boolean {
  const { text, media } = shownOf(message);
  return text !== '' || media.length > 0;
}

/** Whether the server comes to read there what it cannot read here. */
export const opensIn = ({ chat_id }: Message, chatId: ChatId): boolean =>
  isEncrypted(chat_id) && !isEncrypted(chatId);

/** Sends what a message says to another chat, as the user's own. */
export async function forwardTo(chatId: ChatId, message: Message): Promise<void> {
  const { client } = session;
  const { text: content, media } = shownOf(message);
  if (media.length === 0) {
    await client.send(chatId, content);
    return;
  }
  const files = await Promise.all(media.map(fileOf));
  const isVoice = (file: unknown) => media[files.indexOf(file as File)]?.is_voice ?? false;
  if (isEncrypted(chatId)) {
    await client.send(chatId, {
      content,
      files,
      describe: (file) => describeFile(file, isVoice(file)),
    });
  } else {
    const uploads = files.map((file) => client.upload(file, { isVoice: isVoice(file) }));
    await client.send(chatId, { content, files: uploads });
  }
}
