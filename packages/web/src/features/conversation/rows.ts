import type { OutboxEntry } from '@confab/client';
import type { Message, UserId } from '../../state/types';

/** What one row of a conversation is about. */
export type RowItem =
  | { readonly kind: 'message'; readonly message: Message }
  /** Of one's own, on its way to the server. */
  | { readonly kind: 'pending'; readonly entry: OutboxEntry };

/** A message, and what stands above it. */
export interface Row {
  /** Stays the same when a message arrives at the server. */
  readonly key: string;
  readonly item: RowItem;
  /** When it was written, as an ISO time. */
  readonly at: string;
  /** It is the first of its day. */
  readonly isNewDay: boolean;
  /** All from here on was unread when the chat was opened. */
  readonly isFirstUnread: boolean;
  /** It is the first of its sender's messages in a row, and the last. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  /** It takes no room, but has its place: a list that lost rows in its middle would jump. */
  readonly isHidden: boolean;
}

export interface RowsInput {
  readonly messages: readonly Message[];
  readonly pending: readonly OutboxEntry[];
  readonly self: UserId;
  readonly hasOlder: boolean;
  /** The seq of the first message that was unread; null for none. */
  readonly unreadFrom: number | null;
  /** Those that leave no trace in the conversation, such as an encrypted reaction. */
  readonly isHidden?: (message: Message) => boolean;
}

const GROUP_MS = 5 * 60_000;

interface Entry {
  readonly key: string;
  readonly item: RowItem;
  readonly at: string;
  readonly ms: number;
  /** The day by the calendar here: equal for moments of the same one. */
  readonly day: number;
  /** Who speaks; null for what belongs to no group. */
  readonly voice: UserId | null;
  readonly seq: number;
  readonly isHidden: boolean;
}

/**
 * The rows of a conversation. What is the same as before is the same object, so that it is not
 * rendered anew.
 *
 * While there are older messages, the oldest one is not shown: only with the one before it known can
 * be said whether a day or a group begins with it. So nothing shown changes when older ones come.
 */
export function rowsOf(input: RowsInput, before: readonly Row[] = []): Row[] {
  const entries = entriesOf(input);
  const shown = entries.filter(({ isHidden }) => !isHidden);
  const known = new Map(before.map((row) => [row.key, row]));
  let place = 0;
  const rows = entries.map((entry) => {
    const [previous, next] = [shown[place - 1], shown[entry.isHidden ? place : place + 1]];
    if (!entry.isHidden) place++;
    const row = rowOf(entry, previous, next, input.unreadFrom);
    const same = known.get(row.key);
    return same && isSame(same, row) ? same : row;
  });
  return input.hasOlder && rows.length > 1 ? rows.slice(1) : rows;
}

function entriesOf({ messages, pending, self, isHidden = () => false }: RowsInput): Entry[] {
  const arrived = new Set(messages.map((message) => ownKey(message, self)));
  const waiting = pending.filter((entry) => !arrived.has(pendingKey(entry.client_message_id)));
  return [
    ...messages.map((message) => messageEntry(message, self, isHidden(message))),
    ...waiting.map((entry) => pendingEntry(entry, self)),
  ];
}

const pendingKey = (clientMessageId: string) => `c${clientMessageId}`;

const ownKey = ({ sender_id, client_message_id }: Message, self: UserId): string | null =>
  sender_id === self && client_message_id !== null ? pendingKey(client_message_id) : null;

type Moment = Pick<Entry, 'ms' | 'day'>;

/** Reading dates is what takes long, and it is done again at each change of a long conversation. */
const moments = new WeakMap<Message, Moment>();

function momentOf(message: Message): Moment {
  const known = moments.get(message);
  if (known) return known;
  const ms = Date.parse(message.created_at);
  const moment = { ms, day: dayOf(ms) };
  moments.set(message, moment);
  return moment;
}

function dayOf(ms: number): number {
  const date = new Date(ms);
  return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}

function messageEntry(message: Message, self: UserId, isHidden: boolean): Entry {
  return {
    key: ownKey(message, self) ?? `m${message.id}`,
    item: { kind: 'message', message },
    at: message.created_at,
    ...momentOf(message),
    voice: message.content_type === 'system' ? null : message.sender_id,
    seq: message.seq,
    isHidden,
  };
}

function pendingEntry(entry: OutboxEntry, self: UserId): Entry {
  return {
    key: pendingKey(entry.client_message_id),
    item: { kind: 'pending', entry },
    at: new Date(entry.created_at).toISOString(),
    ms: entry.created_at,
    day: dayOf(entry.created_at),
    voice: self,
    seq: Number.POSITIVE_INFINITY,
    // In encrypted chats reactions and the like are sent as messages, too.
    isHidden: entry.draft.secret?.statement !== undefined,
  };
}

function rowOf(
  entry: Entry,
  previous: Entry | undefined,
  next: Entry | undefined,
  unreadFrom: number | null,
): Row {
  const isFirst = (one: Entry, before: Entry | undefined) =>
    unreadFrom !== null && one.seq >= unreadFrom && (before?.seq ?? 0) < unreadFrom;
  const breaks = (one: Entry, before: Entry | undefined) =>
    isFirst(one, before) || !continues(one, before);
  const { key, item, at, isHidden } = entry;
  const here = { key, item, at, isHidden };
  if (isHidden) {
    return { ...here, isNewDay: false, isFirstUnread: false, startsGroup: false, endsGroup: false };
  }
  return {
    ...here,
    isNewDay: previous?.day !== entry.day,
    isFirstUnread: isFirst(entry, previous),
    startsGroup: breaks(entry, previous),
    endsGroup: next === undefined || breaks(next, entry),
  };
}

function continues(entry: Entry, previous: Entry | undefined): boolean {
  if (!previous || entry.voice === null || entry.voice !== previous.voice) return false;
  return entry.ms - previous.ms <= GROUP_MS && entry.day === previous.day;
}

function isSame(one: Row, other: Row): boolean {
  return (
    isSameItem(one.item, other.item) &&
    one.isNewDay === other.isNewDay &&
    one.isFirstUnread === other.isFirstUnread &&
    one.startsGroup === other.startsGroup &&
    one.endsGroup === other.endsGroup &&
    one.isHidden === other.isHidden
  );
}

function isSameItem(one: RowItem, other: RowItem): boolean {
  if (one.kind === 'pending') return other.kind === 'pending' && one.entry === other.entry;
  return other.kind === 'message' && isSameMessage(one.message, other.message);
}

/** The SDK makes own messages anew when it is asked for them, with their status. */
function isSameMessage(one: Message, other: Message): boolean {
  if (one === other) return true;
  return (
    one.id === other.id &&
    one.rev === other.rev &&
    one.status === other.status &&
    one.is_deleted === other.is_deleted &&
    one.reply_to === other.reply_to
  );
}
