import type { ChatMember, Message } from '@confab/protocol';
import { cannotEncrypt, type OpenCommand, type SendCommand } from '../cipher';
import type { Content } from './engine/opened';
import { Refusal } from './errors';
import { EncryptedFiles } from './media/encrypted-files';
import { mentionsIn } from './mentions';
import type { BodyInput, MediaSecret } from './messages/body';
import type { Envelope } from './messages/envelope';

type MessageBody = Extract<BodyInput, { kind: 'message' }>;

/** What of a command is encrypted. */
export function bodyOf(command: OpenCommand, members: readonly ChatMember[]): BodyInput {
  const { secret, content, message_type } = command;
  if (secret?.statement) return secret.statement as BodyInput;
  const people = members.map(({ user }) => user);
  return {
    kind: 'message',
    text: content ?? '',
    content_type: (message_type ?? kindOf(mediaOf(command))) as MessageBody['content_type'],
    mentions: [...(secret?.mentions ?? mentionsIn(content ?? '', people))],
    media: mediaOf(command),
  };
}

/**
 * A message with another text. Its files stay: their keys are in it, and nowhere else.
 * @throws Refusal `missing_key` when this device does not know them
 */
export function editedBody(
  { chat_id, media }: Message,
  content: string,
  before: Content | null | undefined,
  members: readonly ChatMember[],
): BodyInput {
  if (!before && media.length > 0) {
    throw new Refusal('missing_key', 'This device cannot open the files of this message');
  }
  const secret = { media: before?.media ?? [] };
  return bodyOf({ chat_id, content, secret, message_type: before?.content_type }, members);
}

/** What kind of message its first file makes. */
function kindOf([first]: readonly MediaSecret[]): MessageBody['content_type'] {
  if (!first) return 'text';
  const [family] = first.type.split('/');
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}

const mediaOf = ({ secret }: Pick<OpenCommand, 'secret'>) => [
  ...((secret?.media ?? []) as readonly MediaSecret[]),
];

/** @throws ClientError `cannot_encrypt` when a file was uploaded as the server can read it */
export function mustBeSealed(draft: Pick<OpenCommand, 'media_ids' | 'secret'>): void {
  const sealed = EncryptedFiles.mediaIds(mediaOf(draft));
  if (draft.media_ids?.every((id) => sealed.includes(id)) ?? true) return;
  throw cannotEncrypt('A file was not encrypted: send it with `files`');
}

/** What the server may see of it: nothing that is not named here. */
export function sealedCommand(command: OpenCommand, envelope: Envelope): SendCommand {
  mustBeSealed(command);
  const { chat_id, client_message_id, reply_to_id, media_ids } = command;
  return {
    chat_id,
    client_message_id,
    content: '',
    envelope,
    ...(reply_to_id == null ? {} : { reply_to_id }),
    ...(media_ids == null ? {} : { media_ids }),
  };
}
