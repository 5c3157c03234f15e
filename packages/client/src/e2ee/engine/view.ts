import type { RefusalReason } from '../errors';
import type { MediaSecret } from '../messages/body';
import {
  contentOfRecord,
  isOf,
  type OpenedRecord,
  type Statement,
  statementOfRecord,
} from './opened';
import type { OpenedChat } from './opened-chat';

export interface ShownReaction {
  readonly emoji: string;
  readonly user_ids: readonly number[];
}

export interface ShownQuote {
  readonly message_id: number;
  readonly sender_id: number;
  /** Null when what it answers is not here, or was deleted. */
  readonly text: string | null;
}

/** How an encrypted message is shown. */
export type MessageView =
  /** It is no encrypted message: show what the server says. */
  | { readonly state: 'plain' }
  /** It is being opened; an `opened` event follows. */
  | { readonly state: 'opening' }
  | {
      readonly state: 'shown';
      readonly text: string;
      readonly content_type: 'text' | 'image' | 'video' | 'audio' | 'file';
      readonly mentions: readonly number[];
      readonly media: readonly MediaSecret[];
      readonly reactions: readonly ShownReaction[];
      readonly quote: ShownQuote | null;
    }
  /** A reaction, or the statement of a deletion: it belongs to another message and is not shown. */
  | {
      readonly state: 'hidden';
      /** The message it belongs to; null while that is not here. */
      readonly of: number | null;
    }
  /** `by` says who deleted it; null when nobody signed that, so it may have been the server. */
  | { readonly state: 'deleted'; readonly by: number | null }
  /** Nothing may be shown in its place but this reason. */
  | { readonly state: 'refused'; readonly reason: RefusalReason };

/** What the server delivered, as far as its view needs it. */
export interface Viewed {
  readonly id: number;
  readonly sender_id: number;
  readonly client_message_id: string | null;
  readonly is_deleted: boolean;
  readonly reply_to_id: number | null;
  readonly envelope?: { readonly s: string } | null | undefined;
}

export function viewOf(message: Viewed, opened: OpenedChat | undefined): MessageView {
  const { client_message_id: id, envelope } = message;
  const deletion = id !== null && opened && deletionOf(opened, message.sender_id, id);
  if (message.is_deleted || deletion) {
    return { state: 'deleted', by: deletion ? deletion.from : null };
  }
  // Open text in an encrypted chat is the server's word and nobody else's.
  if (!envelope || id === null) return { state: 'refused', reason: 'malformed' };
  const record = opened?.get(message.id);
  if (record?.superseded.includes(envelope.s)) return { state: 'refused', reason: 'replayed' };
  if (record?.outcome.state === 'erased') return { state: 'deleted', by: null };
  if (!opened || record?.version !== envelope.s) return { state: 'opening' };
  if (record.outcome.state === 'refused') {
    return { state: 'refused', reason: record.outcome.reason };
  }
  // The server may tell a message that was opened as another one later.
  if (!isOf(record, message)) return { state: 'refused', reason: 'misplaced' };
  return shownOf(record, message, opened);
}

function shownOf(record: OpenedRecord, message: Viewed, opened: OpenedChat): MessageView {
  const [content, statement] = [contentOfRecord(record), statementOfRecord(record)];
  if (!content) {
    const target = statement && opened.find(statement.target_from, statement.target);
    return { state: 'hidden', of: target?.id ?? null };
  }
  return {
    state: 'shown',
    text: content.text,
    content_type: content.content_type,
    mentions: content.mentions,
    media: content.media,
    reactions: reactionsTo(opened, record),
    quote: quoteOf(record, message, opened),
  };
}

function deletionOf(opened: OpenedChat, from: number, id: string): OpenedRecord | undefined {
  return opened.statements(from, id).find((one) => statementOfRecord(one)?.kind === 'deletion');
}

type Reaction = Extract<Statement, { kind: 'reaction' }>;

/** The last word of each user on each emoji counts. */
function reactionsTo(opened: OpenedChat, { from, clientMessageId }: OpenedRecord): ShownReaction[] {
  const given = new Map<string, Set<number>>();
  for (const record of opened.statements(from, clientMessageId)) {
    const statement = statementOfRecord(record);
    if (statement?.kind === 'reaction') count(given, statement, record.from);
  }
  const all = [...given].map(([emoji, users]) => ({ emoji, user_ids: [...users] }));
  return all.filter(({ user_ids }) => user_ids.length > 0);
}

function count(given: Map<string, Set<number>>, { emoji, remove }: Reaction, user: number): void {
  const users = given.get(emoji) ?? new Set();
  given.set(emoji, users);
  if (remove) users.delete(user);
  else users.add(user);
}

/** Its sender named what they answer; the server's word only helps to find it. */
function quoteOf(
  { replyTo }: OpenedRecord,
  { reply_to_id }: Viewed,
  opened: OpenedChat,
): ShownQuote | null {
  const answered = reply_to_id === null ? undefined : opened.get(reply_to_id);
  if (replyTo === null || answered?.clientMessageId !== replyTo) return null;
  const isGone = deletionOf(opened, answered.from, replyTo) !== undefined;
  const text = isGone ? null : (contentOfRecord(answered)?.text ?? null);
  return { message_id: answered.id, sender_id: answered.from, text };
}
