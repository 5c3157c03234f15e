import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChatId, UserId } from '@confab/protocol';
import type { SavedChat, SavedState, StateChange, StateStore } from '../store/state-store';
import { listJson, readJson, writeAtomic } from './atomic-file';

/** Raised when what the files hold changes: files of another version count as missing. */
const VERSION = 1;

interface Head {
  readonly version: number;
  readonly user_id: UserId;
  readonly epoch: string;
}

/**
 * Keeps the chats in a folder: `head.json` tells whose and of which history, and each chat has a
 * file. Written whole but not synced: after a power cut the server tells what was lost.
 */
export class FileStateStore implements StateStore {
  readonly #folder: string;
  #head: string | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(): Promise<SavedState | null> {
    const head = await readJson<Head>(this.#headPath());
    if (head?.version !== VERSION) return null;
    const names = (await listJson(this.#folder)).filter((name) => /^\d+\.json$/.test(name));
    const chats = names.map((name) => readJson<SavedChat>(join(this.#folder, name)));
    const found = (await Promise.all(chats)).filter((chat) => chat !== null);
    return { user_id: head.user_id, epoch: head.epoch, chats: found };
  }

  async save({ user_id, epoch, chats, removed }: StateChange): Promise<void> {
    const head = JSON.stringify({ version: VERSION, user_id, epoch } satisfies Head);
    if (head !== this.#head) await writeAtomic(this.#headPath(), head, false);
    this.#head = head;
    for (const chat of chats) {
      await writeAtomic(this.#pathOf(chat.chat.id), JSON.stringify(chat), false);
    }
    for (const id of removed) await rm(this.#pathOf(id), { force: true });
  }

  async clear(): Promise<void> {
    this.#head = null;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #headPath(): string {
    return join(this.#folder, 'head.json');
  }

  #pathOf(chatId: ChatId): string {
    return join(this.#folder, `${chatId}.json`);
  }
}
