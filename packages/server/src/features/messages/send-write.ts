import { defineBulkWrite, type Outcome, type WriteContext } from '../../storage/write';
import { BLOCKED } from '../chats/writes';
import type { Sealed } from './envelope';
import { storeMentions } from './mention-writes';
import type { WantedMentions } from './mentions';
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
  /** Present in encrypted chats alone; `content` is empty then. */
  sealed?: Sealed;
  /** Absent, or null: it mentions nobody, as almost all messages do. */
  wanted?: WantedMentions | null;
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
  /** When it disappears; null for never. */
  expiresAt: number | null;
  /** The list that is shown with it; absent when it mentions nobody. */
  mentions?: number[];
}

/**
 * The hot path: assigns places and revisions, inserts, and marks the chat read for its sender. Its
 * statements are written per dialect, as SQLite is fastest with compiled statements row by row and
 * PostgreSQL with whole sets; the contract is one and is tested on both.
 */
export const sendMessage = defineBulkWrite<SendInput, Sent>('messages.send', (context, inputs) => {
  const outcomes = context.prepare
    ? sendOnSqlite(context.prepare, inputs)
    : sendOnPostgres(context.db, inputs);
  return inputs.some((input) => input.wanted) ? withMentions(context, inputs, outcomes) : outcomes;
});

async function withMentions(
  context: WriteContext,
  inputs: readonly SendInput[],
  sending: Promise<Outcome<Sent>[]>,
): Promise<Outcome<Sent>[]> {
  const outcomes = await sending;
  const mentioning = inputs.flatMap(({ wanted, senderId }, i) => {
    const outcome = outcomes[i];
    if (!wanted || !outcome?.ok || outcome.value.duplicate) return [];
    return [{ ...outcome.value, senderId, wanted, sent: outcome.value }];
  });
  if (mentioning.length === 0) return outcomes;
  const lists = await storeMentions(context, mentioning);
  for (const { sent } of mentioning) {
    const list = lists.get(sent.id);
    if (list) sent.mentions = list;
  }
  return outcomes;
}

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
