import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboxEntry, OutboxStore } from '../outbox/entry';
import { listJson, readJson, writeAtomic } from './atomic-file';

/**
 * Keeps each message that waits to be sent in a file of its own, so that sending costs the same
 * however many wait, and that processes which share the folder do not undo each other's writes.
 */
export class FileOutboxStore implements OutboxStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(): Promise<OutboxEntry[]> {
    const names = await listJson(this.#folder);
    const entries = names.map((name) => readJson<OutboxEntry>(join(this.#folder, name)));
    return (await Promise.all(entries)).filter((entry) => entry !== null);
  }

  put(entry: OutboxEntry): Promise<void> {
    return writeAtomic(this.#pathOf(entry.client_message_id), JSON.stringify(entry), true);
  }

  async remove(clientMessageId: string): Promise<void> {
    await rm(this.#pathOf(clientMessageId), { force: true });
  }

  #pathOf(clientMessageId: string): string {
    return join(this.#folder, `${clientMessageId}.json`);
  }
}
