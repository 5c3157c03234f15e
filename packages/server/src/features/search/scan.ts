import type { ReadContext } from '../../storage/read';
import { messagesOf, type SearchedChat } from './corpus';
import type { Candidate, Hit, Matcher } from './matcher';

/** Messages looked at for one answer at most. */
const MOST_ROWS = 20_000;
const FIRST_STEP = 25;
const LONGEST_STEP = 800;

/** Hits, newest first, and the id down to which there are no others. */
export interface Gathered {
  hits: Hit[];
  /** 0: down to the first message there is. */
  reached: number;
}

/** Where among ids one looks, from newer to older. */
export interface Span {
  beforeId: number;
  /** Included. */
  fromId: number;
  /** How many hits are enough. */
  want: number;
}

/**
 * Looks at messages themselves, newest first, where the index cannot tell: for terms too short for
 * it, and for messages that are not in it yet.
 */
export async function scan(
  context: ReadContext,
  chats: readonly { chat: SearchedChat; above: number }[],
  matcher: Matcher,
  span: Span,
): Promise<Gathered> {
  let readers = chats
    .filter(({ chat, above }) => chat.last_seq > above)
    .map(({ chat, above }) => new ChatReader(context, chat, above, span.beforeId));
  const hits: Hit[] = [];
  for (let looked = 0; readers.length > 0; looked++) {
    const newest = await newestOf(readers);
    const row = newest.take();
    if (!row || row.id < span.fromId) {
      readers = readers.filter((reader) => reader !== newest);
      continue;
    }
    const hit = matcher.hit(row);
    if (hit) hits.push(hit);
    if (hits.length >= span.want || looked >= MOST_ROWS || context.isLate()) {
      return { hits, reached: row.id };
    }
  }
  return { hits, reached: span.fromId };
}

/** The reader whose next message is the newest. What is not read yet may be as new as it can be. */
async function newestOf(readers: readonly ChatReader[]): Promise<ChatReader> {
  for (;;) {
    const first = readers.reduce((best, reader) => (reader.head > best.head ? reader : best));
    if (first.isSure) return first;
    await first.read();
  }
}

/** A chat's messages, from newer to older, read in growing steps. */
class ChatReader {
  readonly #context: ReadContext;
  readonly #chat: SearchedChat;
  readonly #above: number;
  readonly #beforeId: number;
  #below = Number.MAX_SAFE_INTEGER;
  #step = FIRST_STEP;
  #rows: Candidate[] = [];
  #next = 0;
  #ended = false;

  constructor(context: ReadContext, chat: SearchedChat, above: number, beforeId: number) {
    this.#context = context;
    this.#chat = chat;
    this.#above = above;
    this.#beforeId = beforeId;
    this.head = Math.min(chat.newest_id ?? beforeId, beforeId);
  }

  /** The next message's id, or one that is not below it. */
  head: number;

  get isSure(): boolean {
    return this.#ended || this.#next < this.#rows.length;
  }

  async read(): Promise<void> {
    const range = { chatId: this.#chat.id, above: this.#above, below: this.#below };
    const limit = this.#step;
    this.#rows = await messagesOf(this.#context, { ...range, beforeId: this.#beforeId, limit });
    this.#next = 0;
    this.#step = Math.min(LONGEST_STEP, this.#step * 2);
    this.#below = this.#rows.at(-1)?.seq ?? 0;
    this.#ended = this.#rows.length === 0;
    this.#setHead();
  }

  /** The message at the head; undefined at the end. */
  take(): Candidate | undefined {
    const row = this.#rows[this.#next];
    this.#next++;
    this.#setHead();
    return row;
  }

  #setHead() {
    const last = this.#rows.at(-1)?.id;
    this.head = this.#ended ? 0 : (this.#rows[this.#next]?.id ?? (last ?? this.head) - 1);
  }
}
