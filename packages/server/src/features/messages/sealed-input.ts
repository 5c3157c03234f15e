import { ConfabError, type Envelope } from '@confab/protocol';
import type { ChatState } from '../chats';
import type { Sealed } from './envelope';
import { readEnvelope, type Sending } from './read-envelope';

/**
 * What is stored of an encrypted message; undefined in a chat that is not encrypted.
 * @throws ConfabError `envelope_required` or `invalid` when it does not fit its place
 */
export function sealedOf(
  { isEncrypted }: ChatState,
  place: Omit<Sending, 'edits'> & { content: string; edits?: string | null },
  envelope: Envelope | null | undefined,
): Sealed | undefined {
  if (!isEncrypted && !envelope) return undefined;
  if (!isEncrypted) throw invalidEnvelope('This chat is not encrypted: send the text as content');
  if (!envelope) {
    throw new ConfabError('envelope_required', 'This chat is encrypted: send an envelope');
  }
  if (place.content !== '') throw invalidEnvelope('Beside an envelope, content must be empty');
  const isNamed = place.edits !== undefined || place.clientMessageId !== null;
  if (!isNamed) throw invalidEnvelope('An envelope needs the client_message_id that it names');
  return readEnvelope(envelope, { ...place, edits: place.edits ?? null });
}

const invalidEnvelope = (detail: string) =>
  new ConfabError('invalid', detail, { errors: [{ path: 'envelope', message: detail }] });

export const onlyDevices = (what: string) =>
  new ConfabError('client_side_only', `Messages of an encrypted chat cannot ${what}`);
