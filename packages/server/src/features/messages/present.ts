import type { Media, Message, MessageStatus, Quote, Reaction } from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import type { ChatState, Floor, Floors, SystemMessage } from '../chats';
import { type Sealed, storedEnvelope } from './envelope';
import { type MediaRow, presentMedia } from './media-rows';
import type { ReactionRow, StoredMessage } from './repository';
import { hasExpired } from './rules';

const SHOWN_REACTORS = 20;

/** What belongs to messages and has rows of its own. */
export interface Parts {
  reactions: readonly ReactionRow[];
  media: readonly MediaRow[];
}

export const NO_PARTS: Parts = { reactions: [], media: [] };

/** When a chat's messages are shown, and whether they may be called read. */
export interface View {
  now: number;
  letsBeRead: boolean;
  /** Whether a sender's messages may be called delivered before they are read. */
  letsBeDelivered(senderId: number): boolean;
}

/** What the messages of one chat need to be shown. */
export interface Surroundings extends Parts {
  now: number;
  floorWithout(senderId: number): Floor;
}

export function statusOf(seq: number, floor: Floor): MessageStatus {
  if (floor.read >= seq) return 'read';
  return floor.delivered >= seq ? 'delivered' : 'sent';
}

/** How far others have come, as far as it may be told. */
export function toldFloor(floor: Floor, letsBeRead: boolean, letsBeDelivered: boolean): Floor {
  const read = letsBeRead ? floor.read : 0;
  return { delivered: letsBeDelivered ? floor.delivered : read, read };
}

/** Shows a page of one chat's messages; the watermarks are looked through once, if at all. */
export function presentMessages(
  rows: readonly StoredMessage[],
  state: ChatState,
  { reactions, media }: Parts,
  { now, letsBeRead, letsBeDelivered }: View,
): Message[] {
  let floors: Floors | undefined;
  const floorWithout = (senderId: number) => {
    floors ??= state.floors();
    return toldFloor(floors.without(senderId), letsBeRead, letsBeDelivered(senderId));
  };
  // A deactivated account keeps its messages, but not its files.
  const shown = media.filter((row) => !state.isInactive(row.uploader_id));
  return rows.map((row) => presentMessage(row, { now, reactions, media: shown, floorWithout }));
}

/** One that expired is shown as deleted, whether it was erased yet or not. */
export function presentMessage(row: StoredMessage, around: Surroundings): Message {
  const isGone = row.is_deleted === 1 || hasExpired(row.expires_at, around.now);
  const pinnedAt = isGone ? null : row.pinned_at;
  return {
    id: row.id as Message['id'],
    chat_id: row.chat_id as Message['chat_id'],
    seq: row.seq,
    rev: row.rev,
    sender_id: row.sender_id as Message['sender_id'],
    sender_username: row.sender_username,
    reply_to_id: row.reply_to_id as Message['reply_to_id'],
    reply_to: quoteOf(row, around.now),
    content: isGone ? '' : row.content,
    content_type: row.content_type,
    status: shownStatus(row, around),
    is_edited: !isGone && row.edited_at !== null,
    is_deleted: isGone,
    is_encrypted: row.envelope !== null,
    ...(row.envelope === null || isGone ? {} : { envelope: storedEnvelope(row.envelope) }),
    client_message_id: row.client_message_id,
    ...(row.system_event === null ? {} : { system_event: JSON.parse(row.system_event) }),
    mentions: (row.mentions === null ? [] : JSON.parse(row.mentions)) as Message['mentions'],
    media: isGone || row.has_media === 0 ? [] : mediaOfMessage(row.id, around.media),
    reactions: isGone ? [] : reactionsOfMessage(row.id, around.reactions),
    created_at: iso(row.created_at),
    edited_at: isGone ? null : isoOrNull(row.edited_at),
    is_pinned: pinnedAt !== null,
    pinned_at: isoOrNull(pinnedAt),
    expires_at: isGone ? null : isoOrNull(row.expires_at),
  };
}

/** A system message has no sender who waits for others to read it. */
function shownStatus(row: StoredMessage, around: Surroundings): MessageStatus {
  if (row.content_type === 'system') return 'sent';
  return statusOf(row.seq, around.floorWithout(row.sender_id));
}

function quoteOf(row: StoredMessage, now: number): Quote | null {
  if (row.quote_id === null || row.quote_sender_id === null) return null;
  return presentQuote(
    {
      id: row.quote_id,
      sender_id: row.quote_sender_id,
      sender_username: row.quote_sender_username ?? '',
      content: row.quote_content ?? '',
      content_type: row.quote_content_type ?? 'text',
      is_deleted: row.quote_is_deleted ?? 0,
      expires_at: row.quote_expires_at,
    },
    now,
  );
}

function presentQuote(quote: QuoteRow, now: number): Quote {
  const isGone = quote.is_deleted === 1 || hasExpired(quote.expires_at, now);
  return {
    id: quote.id as Quote['id'],
    sender_id: quote.sender_id as Quote['sender_id'],
    sender_username: quote.sender_username,
    content: isGone ? '' : quote.content,
    content_type: quote.content_type,
    is_deleted: isGone,
  };
}

const mediaOfMessage = (messageId: number, rows: readonly MediaRow[]): Media[] =>
  rows.filter((row) => row.message_id === messageId).map(presentMedia);

function reactionsOfMessage(messageId: number, rows: readonly ReactionRow[]): Reaction[] {
  const byEmoji = new Map<string, Reaction>();
  for (const row of rows) {
    if (row.message_id !== messageId) continue;
    const reaction = byEmoji.get(row.emoji) ?? { emoji: row.emoji, count: 0, user_ids: [] };
    reaction.count++;
    if (reaction.user_ids.length < SHOWN_REACTORS) reaction.user_ids.push(row.user_id as never);
    byEmoji.set(row.emoji, reaction);
  }
  return [...byEmoji.values()];
}

export interface NewMessage {
  id: number;
  chatId: number;
  seq: number;
  rev: number;
  senderId: number;
  content: string;
  contentType: StoredMessage['content_type'];
  clientMessageId: string | null;
  quote: QuoteRow | null;
  sealed?: Sealed;
  mentions?: readonly number[];
  media?: readonly MediaRow[];
  at: number;
  expiresAt: number | null;
}

export interface QuoteRow {
  id: number;
  sender_id: number;
  sender_username: string;
  content: string;
  content_type: StoredMessage['content_type'];
  is_deleted: number;
  expires_at: number | null;
}

/** A message just committed, without reading it again. Whoever is alone in a chat has read it. */
export function presentNew(message: NewMessage, senderUsername: string, isAlone: boolean): Message {
  const { quote } = message;
  return {
    id: message.id as Message['id'],
    chat_id: message.chatId as Message['chat_id'],
    seq: message.seq,
    rev: message.rev,
    sender_id: message.senderId as Message['sender_id'],
    sender_username: senderUsername,
    reply_to_id: (quote?.id ?? null) as Message['reply_to_id'],
    reply_to: quote && presentQuote(quote, message.at),
    content: message.content,
    content_type: message.contentType,
    status: isAlone ? 'read' : 'sent',
    is_edited: false,
    is_deleted: false,
    is_encrypted: message.sealed !== undefined,
    ...(message.sealed ? { envelope: storedEnvelope(message.sealed.text) } : {}),
    client_message_id: message.clientMessageId,
    mentions: (message.mentions ?? []) as Message['mentions'],
    media: (message.media ?? []).map(presentMedia),
    reactions: [],
    created_at: iso(message.at),
    edited_at: null,
    is_pinned: false,
    pinned_at: null,
    expires_at: isoOrNull(message.expiresAt),
  };
}

export function presentSystemMessage(message: SystemMessage, senderUsername: string): Message {
  const { id, chatId, seq, rev, senderId, content, at, event } = message;
  const fresh: NewMessage = {
    id,
    chatId,
    seq,
    rev,
    senderId,
    content,
    at,
    contentType: 'system',
    clientMessageId: null,
    quote: null,
    expiresAt: null,
  };
  return { ...presentNew(fresh, senderUsername, false), system_event: event };
}
