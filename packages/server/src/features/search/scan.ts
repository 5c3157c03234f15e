import type { ReadContext } from '../../storage/read';
import { messagesOf, type SearchedChat } from './corpus';
import type { Candidate, Hit, Matcher } from './matcher';

/** Messages looked at for one answer at most. */
const MOST_ROWS = 10_000;
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
  const readers = new Readers(
    chats
      .filter(({ chat, above }) => chat.last_seq > above)
      .map(({ chat, above }) => new ChatReader(context, chat, above, span.beforeId)),
  );
  const hits: Hit[] = [];
  for (let looked = 0; ; looked++) {
    const row = readers.take() ?? (await readers.read());
    if (!row || row.id < span.fromId) return { hits, reached: span.fromId };
    const hit = matcher.hit(row);
    if (hit) hits.push(hit);
    if (hits.length >= span.want || looked >= MOST_ROWS || context.isLate()) {
      return { hits, reached: row.id };
    }
  }
}

/** The messages of all chats, from newer to older. */
class Readers {
  #readers: ChatReader[];
  #first: ChatReader | undefined;
  /** What of the others is the newest. */
  #rival = 0;

  constructor(readers: ChatReader[]) {
    this.#readers = readers;
  }

  /** The newest message, if it has been read already. */
  take(): Candidate | undefined {
    if (!this.#first || this.#first.head < this.#rival) this.#choose();
    return this.#first?.isSure ? this.#first.take() : undefined;
  }

  /** The newest message; undefined when there is none. */
  async read(): Promise<Candidate | undefined> {
    for (let first = this.#first; first; first = this.#first) {
      if (first.isSure) return first.take();
      await first.read();
      if (first.isEnded) this.#readers = this.#readers.filter((reader) => reader !== first);
      this.#choose();
    }
    return undefined;
  }

  #choose() {
    this.#first = undefined;
    this.#rival = 0;
    for (const reader of this.#readers) {
      if (!this.#first || reader.head > this.#first.head) {
        this.#rival = this.#first?.head ?? 0;
        this.#first = reader;
      } else if (reader.head > this.#rival) this.#rival = reader.head;
    }
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
  isEnded = false;

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
    return this.#next < this.#rows.length;
  }

  async read(): Promise<void> {
    const range = { chatId: this.#chat.id, above: this.#above, below: this.#below };
    const limit = this.#step;
    this.#rows = await messagesOf(this.#context, { ...range, beforeId: this.#beforeId, limit });
    this.#next = 0;
    this.#step = Math.min(LONGEST_STEP, this.#step * 2);
    this.#below = this.#rows.at(-1)?.seq ?? 0;
    this.isEnded = this.#rows.length === 0;
    this.#setHead();
  }

  /** The message at the head; undefined when it is not read yet. */
  take(): Candidate | undefined {
    const row = this.#rows[this.#next];
    this.#next++;
    this.#setHead();
    return row;
  }

  #setHead() {
    const last = this.#rows.at(-1)?.id;
    this.head = this.isEnded ? 0 : (this.#rows[this.#next]?.id ?? (last ?? this.head) - 1);
  }
}
