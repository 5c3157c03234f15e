import type {
  Chat,
  ChatMember,
  Message,
  MessageStatus,
  Presence,
  SearchHit,
  UserId,
} from '@confab/protocol';
import type { ConnectionState, Draft, OutboxEntry, Typist } from '../index';
import { fileWords } from './file-words';
import type { Paint } from './paint';
import { plainLine, plainText } from './plain-text';
import { localDay } from './times';

/** What every picture needs: who looks, in what colours, and in whose time zone. */
export interface View {
  readonly self: UserId;
  readonly paint: Paint;
  /** A time of the protocol as the hour and minute here. */
  readonly clock: (timestamp: string) => string;
}

const INDENT = '      ';
const QUOTE_LENGTH = 60;

/** A message on a line, its further lines indented; a quote of what it answers comes first. */
export function messageLines(message: Message, view: View): string {
  const { paint } = view;
  const head = `${paint.dim(`#${message.seq} ${view.clock(message.created_at)}`)} `;
  if (message.content_type === 'system') return head + paint.dim(`— ${plainLine(message.content)}`);
  const isOwn = message.sender_id === view.self;
  const name = isOwn ? paint.own('you') : paint.other(plainLine(message.sender_username));
  const marks = [
    message.is_pinned ? paint.dim('(pinned)') : '',
    mentionMark(message, view),
    reactions(message),
    isOwn ? ticks(message.status, paint) : '',
  ];
  const line = [`${head}${name}: ${body(message, paint)}`, ...marks.filter(Boolean)].join(' ');
  return message.reply_to ? `${quote(message.reply_to, paint)}\n${line}` : line;
}

/** For messages that mention the one who looks, in whatever words. */
function mentionMark({ mentions }: Message, { self, paint }: View): string {
  return mentions.includes(self) ? paint.warn('@you') : '';
}

function body(message: Message, paint: Paint): string {
  if (message.is_deleted) return paint.dim('(deleted)');
  const files = message.media.map(fileWords);
  const isPlain = message.content_type === 'text' || files.length > 0;
  const kind = isPlain ? [] : [`(${message.content_type})`];
  const text = plainText(message.content).replaceAll('\n', `\n${INDENT}`);
  const edited = message.is_edited ? paint.dim('(edited)') : '';
  return [...kind, text, ...files, edited].filter((part) => part !== '').join(' ');
}

function quote(quoted: NonNullable<Message['reply_to']>, paint: Paint): string {
  const text = quoted.is_deleted ? '(deleted)' : gist(quoted);
  return paint.dim(`${INDENT}↳ ${plainLine(quoted.sender_username)}: ${text}`);
}

/** The beginning of a message; what kind of file it is where it says nothing. */
export function gist({ content, content_type }: Pick<Message, 'content' | 'content_type'>): string {
  return content === '' && content_type !== 'text' ? `(${content_type})` : shortened(content);
}

export function shortened(content: string): string {
  const characters = Array.from(plainLine(content));
  if (characters.length <= QUOTE_LENGTH) return characters.join('');
  return `${characters.slice(0, QUOTE_LENGTH).join('')}…`;
}

function reactions(message: Message): string {
  const all = message.reactions.map(({ emoji, count }) => `${plainLine(emoji)} ${count}`);
  return all.length === 0 ? '' : `[${all.join('  ')}]`;
}

export function ticks(status: MessageStatus, paint: Paint): string {
  switch (status) {
    case 'sent':
      return paint.dim('✓');
    case 'delivered':
      return paint.dim('✓✓');
    case 'read':
      return paint.read('✓✓ read');
    case 'failed':
      return paint.warn('! not sent');
  }
}

/** Why the server refused something, in words that are safe to print. */
export function refusal(error: { readonly code: string; readonly detail: string }): string {
  return error.code === 'blocked'
    ? 'one of you has blocked the other, so neither can write here'
    : plainLine(error.detail);
}

/** The beginning of what waits to be sent. */
export function draftGist({ content = '', media_ids }: Draft): string {
  const count = media_ids?.length ?? 0;
  return content === '' && count > 0
    ? `(${count} ${count === 1 ? 'file' : 'files'})`
    : shortened(content);
}

/** A message that the server does not have yet. */
export function pendingLine(entry: OutboxEntry, paint: Paint): string {
  const text = draftGist(entry.draft);
  return entry.status === 'failed'
    ? paint.warn(`! not sent: ${text} (${entry.error ? refusal(entry.error) : 'refused'})`)
    : paint.dim(`… waits to be sent: ${text}`);
}

/** What is shown of a message that was found. `created_at` is null where it is not known here. */
export type Hit = Pick<
  SearchHit,
  'chat_id' | 'seq' | 'sender_id' | 'sender_username' | 'snippet'
> & { readonly created_at: string | null };

/** A message that a search found, on a line: where, when, who, and what fits. */
export function hitLine(hit: Hit, chat: Chat | undefined, { self, paint, clock }: View): string {
  const title = chat ? chatTitle(chat, self) : `chat ${hit.chat_id}`;
  const { created_at: at } = hit;
  const when = at === null ? '' : ` ${momentWords(at, { clock })}`;
  const place = paint.dim(`${title} #${hit.seq}${when}`);
  const name =
    hit.sender_id === self ? paint.own('you') : paint.other(plainLine(hit.sender_username));
  return `${place} ${name}: ${plainLine(hit.snippet)}`;
}

/** With a lock where only the members' devices can read. */
export function chatTitle(chat: Chat, self: UserId): string {
  return chat.is_encrypted ? `🔒 ${bareTitle(chat, self)}` : bareTitle(chat, self);
}

/** Without the lock, as people type it. */
export function bareTitle(chat: Chat, self: UserId): string {
  if (chat.chat_type === 'group') return plainLine(chat.name ?? `group ${chat.id}`);
  if (!chat.peer || chat.peer.id === self) return 'notes to yourself';
  return plainLine(chat.peer.username);
}

/** The chats, numbered from 1, with what is new in them. */
export function chatList(chats: readonly Chat[], view: View): string {
  if (chats.length === 0) return 'No chats yet. /direct NAME opens one.';
  const titles = chats.map((chat) => chatTitle(chat, view.self));
  const width = Math.max(...titles.map((title) => title.length));
  const lines = chats.map((chat, index) => {
    const number = String(index + 1).padStart(String(chats.length).length + 1);
    return `${number}. ${(titles[index] ?? '').padEnd(width)}  ${news(chat, view)}`.trimEnd();
  });
  return lines.join('\n');
}

function news(chat: Chat, view: View): string {
  const { self, paint } = view;
  const count = chat.unread_count > 0 ? paint.bold(`${chat.unread_count} new`) : '';
  const mentions = chat.mention_count > 0 ? paint.warn(`@${chat.mention_count}`) : '';
  const muted = muteWords(chat, view);
  const last = chat.last_message;
  if (!last) return [muted, count, mentions].filter(Boolean).join(' ');
  const sender = last.sender_id === self ? 'you' : plainLine(last.sender_username);
  const text = last.is_deleted ? '(deleted)' : gist(last);
  const said = last.content_type === 'system' ? text : `${sender}: ${text}`;
  return [muted, count, mentions, paint.dim(said)].filter(Boolean).join('  ');
}

function muteWords({ is_muted, muted_until }: Chat, view: View): string {
  if (!is_muted) return '';
  const end = muted_until ? ` until ${momentWords(muted_until, view)}` : '';
  return view.paint.dim(`(muted${end})`);
}

/** A day and a time of it, by the clock here. */
export const momentWords = (timestamp: string, { clock }: Pick<View, 'clock'>): string =>
  `${localDay(timestamp)} ${clock(timestamp)}`;

/** A message of another chat than the one that is open. */
export function elsewhereLine(chat: Chat, message: Message, view: View): string {
  const { self, paint } = view;
  const title = chatTitle(chat, self);
  const from = chat.chat_type === 'group' ? `${plainLine(message.sender_username)}: ` : '';
  const line = paint.warn(`[${title}] ${from}${gist(message)}`);
  return [line, mentionMark(message, view)].filter(Boolean).join(' ');
}

export function memberLine(member: ChatMember, presence: Presence | undefined): string {
  const isOnline = presence ? presence.status === 'online' : member.user.is_online;
  const role = member.role === 'member' ? '' : ` (${member.role})`;
  return `${isOnline ? '●' : '○'} ${plainLine(member.user.username)}${role}`;
}

export interface StatusParts {
  readonly connection: ConnectionState;
  readonly title: string | null;
  /** Of the other one in a direct chat. */
  readonly presence: 'online' | 'offline' | null;
  readonly typists: readonly Typist[];
  readonly waiting: number;
  /** Files that come and go. */
  readonly transfers: readonly string[];
}

/** What is going on, on one line, without colours. */
export function statusLine(parts: StatusParts): string {
  const { title, presence, typists, waiting, transfers } = parts;
  const connection = connectionWord(parts.connection);
  const facts = [
    title === null ? 'no chat open' : presence === null ? title : `${title} ${dot(presence)}`,
    typists.length > 0 ? typingWords(typists) : '',
    ...transfers,
    waiting > 0 ? `${waiting} waiting to be sent` : '',
    connection === 'online' ? '' : connection,
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}

const dot = (presence: 'online' | 'offline') => (presence === 'online' ? '● online' : '○ offline');

export function typingWords(typists: readonly Typist[]): string {
  const names = typists.map((typist) => plainLine(typist.username));
  if (names.length > 3) return `${names.length} people are typing…`;
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing…`;
}

export function connectionWord(state: ConnectionState): string {
  switch (state.name) {
    case 'idle':
      return 'not connected';
    case 'connecting':
      return state.attempt === 0 ? 'connecting…' : 'reconnecting…';
    case 'syncing':
      return 'catching up…';
    case 'online':
      return 'online';
    case 'waiting':
      return 'reconnecting…';
    case 'stopped':
      return state.reason === 'closed' ? 'closed' : `ended: ${state.reason.replace('_', ' ')}`;
  }
}
