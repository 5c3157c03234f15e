import type { ChatId, CommandInput, MessageId, UserId } from '@confab/protocol';
import type { SecretPart } from '../cipher';
import type { ClientError } from '../errors';

/** What of a message its writer decides. */
export type Draft = Omit<
  CommandInput<'send_message'>,
  'chat_id' | 'client_message_id' | 'content_type' | 'envelope'
> & {
  /** In an encrypted chat: what is encrypted besides the text. */
  readonly secret?: SecretPart;
};

/** A message on its way to the server. */
export interface OutboxEntry {
  readonly client_message_id: string;
  /** Who wrote it; 0 when nobody was known to be signed in. Nobody else sends it. */
  readonly user_id: UserId;
  readonly chat_id: ChatId;
  readonly draft: Draft;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  /** Entries are sent in this order, chat by chat. */
  readonly order: number;
  /** `failed`: the server refused it for good; `retry` or `discard` it. */
  readonly status: 'queued' | 'failed';
  readonly error: { readonly code: ClientError['code']; readonly detail: string } | null;
}

/** What became of an entry. */
export type OutboxChange =
  /** It can be shown; `queued` follows once it is safe in the store, else `discarded`. */
  | { readonly type: 'adding'; readonly entry: OutboxEntry }
  | { readonly type: 'queued'; readonly entry: OutboxEntry }
  /** Committed by the server, so that it is kept no longer. */
  | {
      readonly type: 'sent';
      readonly entry: OutboxEntry;
      readonly message_id: MessageId;
      readonly seq: number;
    }
  | { readonly type: 'failed'; readonly entry: OutboxEntry }
  | { readonly type: 'discarded'; readonly entry: OutboxEntry };

/** Where entries are kept until the server has them. `put` answers only once the entry is safe. */
export interface OutboxStore {
  load(): Promise<OutboxEntry[]>;
  /** Adds the entry, or puts it in the place of the one with its client_message_id. */
  put(entry: OutboxEntry): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
}

/** Keeps entries as long as the object lives. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #entries = new Map<string, OutboxEntry>();

  async load(): Promise<OutboxEntry[]> {
    return [...this.#entries.values()];
  }

  async put(entry: OutboxEntry): Promise<void> {
    this.#entries.set(entry.client_message_id, entry);
  }

  async remove(clientMessageId: string): Promise<void> {
    this.#entries.delete(clientMessageId);
  }
}
