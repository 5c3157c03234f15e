import MiniSearch from 'minisearch';
import { contentOfRecord, type OpenedRecord } from './opened';
import type { OpenedStore } from './opened-store';

/** A message that was found on this device. */
export interface LocalHit {
  readonly chat_id: number;
  readonly message_id: number;
  readonly sender_id: number;
  readonly seq: number;
  readonly text: string;
}

interface Indexed extends LocalHit {
  /** The message's id, by which it is replaced and taken out. */
  readonly id: number;
}

const MAX_HITS = 100;
const FIELDS = ['chat_id', 'message_id', 'sender_id', 'seq', 'text'];

/**
 * Finds messages of encrypted chats among those that were opened on this device: the server cannot.
 * The index lives in memory and is made when it is first asked.
 */
export class LocalSearch {
  readonly #store: OpenedStore;
  readonly #index = new MiniSearch<Indexed>({
    fields: ['text'],
    storeFields: FIELDS,
    tokenize: words,
    searchOptions: { prefix: true, combineWith: 'AND' },
  });
  #filling: Promise<void> | null = null;

  constructor(store: OpenedStore) {
    this.#store = store;
  }

  /** The messages that hold all these words, or words that begin so; the newest first. */
  async search(query: string, chatId?: number): Promise<LocalHit[]> {
    this.#filling ??= this.#fill();
    await this.#filling;
    const found = this.#index.search(query, {
      filter: (hit) => chatId === undefined || hit.chat_id === chatId,
    });
    const hits = found.map(({ chat_id, message_id, sender_id, seq, text }) => {
      return { chat_id, message_id, sender_id, seq, text };
    });
    return hits.sort((a, b) => b.message_id - a.message_id).slice(0, MAX_HITS);
  }

  /** A message was opened or edited. */
  update(chat: number, record: OpenedRecord): void {
    if (this.#filling) this.#put(chat, record);
  }

  /** A message was deleted. */
  remove(messageId: number): void {
    if (this.#index.has(messageId)) this.#index.discard(messageId);
  }

  async #fill(): Promise<void> {
    for (const chat of await this.#store.chats()) {
      for (const record of await this.#store.load(chat)) this.#put(chat, record);
    }
  }

  #put(chat: number, record: OpenedRecord): void {
    this.remove(record.id);
    const content = contentOfRecord(record);
    if (!content) return;
    const { id, from, seq } = record;
    const place = { chat_id: chat, message_id: id, sender_id: from, seq };
    this.#index.add({ id, ...place, text: content.text });
  }
}

/** Words, and each character by itself where a script does not part words. */
function words(text: string): string[] {
  return (
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu) ?? []
  );
}
