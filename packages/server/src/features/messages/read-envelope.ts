import { ConfabError, type Envelope, LIMITS } from '@confab/protocol';
import { z } from 'zod';
import { readJson } from '../../lib/json';
import type { Sealed } from './envelope';

const HEADER = { path: 'envelope.h', maxBytes: LIMITS.envelopeBytes };

/** As what a message is sent. */
export interface Sending {
  chatId: number;
  senderId: number;
  /** Null: any, as for an edit, which stands in the place of another message. */
  clientMessageId: string | null;
  /** The message that it stands in the place of. */
  edits: string | null;
}

const Header = z.object({
  v: z.literal(1),
  chat: z.int(),
  epoch: z.int().min(1),
  from: z.int(),
  device: z.string().regex(/^[\w-]{22}$/),
  client_message_id: z.string(),
  edits: z.string().optional(),
});

/**
 * Reads the header of an envelope, whose signature only the chat's members can judge.
 * @throws ConfabError `too_large`, or `invalid` when it was made for another place
 */
export function readEnvelope({ h, c, s }: Envelope, sending: Sending): Sealed {
  const text = `${h}.${c}.${s}`;
  if (text.length > LIMITS.envelopeBytes) {
    throw new ConfabError('too_large', `An envelope has at most ${LIMITS.envelopeBytes} bytes`);
  }
  const header = Header.safeParse(readJson(Buffer.from(h, 'base64url').toString(), HEADER));
  if (!header.success) throw refused('is not a header of version 1');
  const { chat, from, client_message_id, edits, epoch, device } = header.data;
  if (chat !== sending.chatId) throw refused('is for another chat');
  if (from !== sending.senderId) throw refused('is from somebody else');
  if ((edits ?? null) !== sending.edits) throw refused('names another message that it edits');
  const named = sending.clientMessageId ?? client_message_id;
  if (client_message_id !== named) throw refused('has another client_message_id');
  return { text, epoch, device };
}

function refused(why: string): ConfabError {
  return new ConfabError('invalid', `The envelope's header ${why}`, {
    errors: [{ path: 'envelope.h', message: why }],
  });
}
