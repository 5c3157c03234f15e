import { defineBulkWrite, type Outcome } from '../../storage/write';
import { BLOCKED } from '../chats/writes';
import type { QuoteRow } from './present';
import type { MessageRow } from './repository';
import { sendOnPostgres } from './send-postgres';
import { sendOnSqlite } from './send-sqlite';

export interface SendInput {
  chatId: number;
  senderId: number;
  content: string;
  contentType: MessageRow['content_type'];
  replyToId: number | null;
  clientMessageId: string | null;
  at: number;
}

export interface Sent {
  id: number;
  chatId: number;
  seq: number;
  rev: number;
  at: number;
  /** This client_message_id was sent before; the rest tells of that first message. */
  duplicate: boolean;
  quote: QuoteRow | null;
}

/**
 * The hot path: assigns places and revisions, inserts, and marks the chat read for its sender. Its
 * statements are written per dialect, as SQLite is fastest with compiled statements row by row and
 * PostgreSQL with whole sets; the contract is one and is tested on both.
 */
export const sendMessage = defineBulkWrite<SendInput, Sent>('messages.send', (context, inputs) =>
  context.prepare ? sendOnSqlite(context.prepare, inputs) : sendOnPostgres(context.db, inputs),
);

export const notAMember: Outcome<Sent> = {
  ok: false,
  code: 'not_found',
  detail: 'There is no such chat',
};

export const isBlocked: Outcome<Sent> = { ok: false, code: 'blocked', detail: BLOCKED };

export const noSuchQuote: Outcome<Sent> = {
  ok: false,
  code: 'not_found',
  detail: 'There is no such message to reply to in this chat',
};
