import type { OutboxEntry, OutboxStore } from '@confab/client';
import type { Connection, Database } from './database';
import type { OutboxChannel } from './outbox-channel';

/** Keeps each message that waits to be sent by itself: tabs do not undo each other's writes. */
export class IdbOutboxStore implements OutboxStore {
  readonly #database: Database;
  readonly #channel: OutboxChannel | undefined;

  constructor(database: Database, channel?: OutboxChannel) {
    this.#database = database;
    this.#channel = channel;
  }

  async load(): Promise<OutboxEntry[]> {
    return (await this.#database.open()).getAll('outbox');
  }

  put(entry: OutboxEntry): Promise<void> {
    return this.#change((outbox) => outbox.put(entry, entry.client_message_id));
  }

  async remove(clientMessageId: string): Promise<void> {
    await this.#change((outbox) => outbox.delete(clientMessageId));
    this.#channel?.tell('removed');
  }

  /** Answers once it is on the disk: what somebody wrote must outlive the page. */
  async #change(change: (outbox: Outbox) => Promise<unknown>): Promise<void> {
    const transaction = await this.#transaction();
    await Promise.all([change(transaction.store), transaction.done]);
  }

  async #transaction() {
    return writing(await this.#database.open());
  }
}

const writing = (connection: Connection) =>
  connection.transaction('outbox', 'readwrite', { durability: 'strict' });

type Outbox = ReturnType<typeof writing>['store'];
