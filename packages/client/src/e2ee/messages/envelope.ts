import { z } from 'zod';
import { fromBase64Url, fromUtf8 } from '../encoding';
import { Refusal } from '../errors';
import {
  Base64Url,
  base64UrlOf,
  DeviceId,
  MessageUuid,
  parse,
  parseVersioned,
  ServerId,
  Signature,
} from '../formats';

const Envelope = z.object({ h: Base64Url, c: Base64Url, s: Signature });
/** An encrypted message as it travels: header, ciphertext, signature. */
export type Envelope = z.infer<typeof Envelope>;

const MessageHeader = z.object({
  v: z.literal(1),
  chat: ServerId,
  epoch: z.int().positive(),
  from: ServerId,
  device: DeviceId,
  client_message_id: MessageUuid,
  salt: base64UrlOf(16),
  iv: base64UrlOf(12),
  reply_to: MessageUuid.optional(),
  edits: MessageUuid.optional(),
});
/** What everybody may read of an encrypted message. */
export type MessageHeader = z.infer<typeof MessageHeader>;

/** @throws Refusal `malformed` or `unsupported_version` */
export function readEnvelope(value: unknown): { envelope: Envelope; header: MessageHeader } {
  const envelope = parse('The envelope', Envelope, value);
  const text = fromUtf8(fromBase64Url(envelope.h));
  return { envelope, header: parseVersioned('The envelope', MessageHeader, text) };
}

/** As what the server delivered a message. */
export interface Delivery {
  readonly chat: number;
  readonly from: number;
  /** Of the message as a whole: an edit stands in the place of the message that it edits. */
  readonly clientMessageId: string;
  readonly isEdited: boolean;
}

/** @throws Refusal `misplaced` when it was made for another place than where it was delivered */
export function mustFit(header: MessageHeader, delivery: Delivery): void {
  const { chat, from, edits, client_message_id } = header;
  const stands = edits ?? client_message_id;
  const fits =
    chat === delivery.chat &&
    from === delivery.from &&
    stands === delivery.clientMessageId &&
    (edits !== undefined) === delivery.isEdited;
  if (!fits) throw new Refusal('misplaced', 'It was made for another place than this');
}
