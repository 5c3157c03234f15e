import type {
  OutboxEntry,
  OutboxStore,
  SavedUpload,
  StateChange,
  StateStore,
  UploadStore,
} from '@confab/client';

/** Told of each fault of a store; what was to be stored is held in memory then. */
export type OnFault = (fault: unknown) => void;

/** An outbox that goes on in memory where the browser keeps nothing: private windows, full disks. */
export class PatientOutboxStore implements OutboxStore {
  readonly #store: OutboxStore;
  readonly #onFault: OnFault;
  /** All entries that this tab knows of. */
  #held = new Map<string, OutboxEntry>();
  /** Those that could not be stored. */
  readonly #unstored = new Set<string>();

  constructor(store: OutboxStore, onFault: OnFault) {
    this.#store = store;
    this.#onFault = onFault;
  }

  async load(): Promise<OutboxEntry[]> {
    try {
      const stored = await this.#store.load();
      const others = [...this.#held].filter(([id]) => this.#unstored.has(id));
      this.#held = new Map([
        ...stored.map((entry) => [entry.client_message_id, entry] as const),
        ...others,
      ]);
    } catch (fault) {
      this.#onFault(fault);
    }
    return [...this.#held.values()];
  }

  async put(entry: OutboxEntry): Promise<void> {
    const id = entry.client_message_id;
    this.#held.set(id, entry);
    this.#unstored.add(id);
    await this.#try(async () => {
      await this.#store.put(entry);
      this.#unstored.delete(id);
    });
  }

  async remove(clientMessageId: string): Promise<void> {
    this.#held.delete(clientMessageId);
    this.#unstored.delete(clientMessageId);
    await this.#try(() => this.#store.remove(clientMessageId));
  }

  #try(run: () => Promise<void>): Promise<void> {
    return run().catch(this.#onFault);
  }
}

/** Chats are held by the client anyway: those that cannot be stored come from the server next time. */
export const patientStateStore = (store: StateStore, onFault: OnFault): StateStore => ({
  load: () => store.load().catch(or(null, onFault)),
  save: (change: StateChange) => store.save(change).catch(onFault),
  clear: () => store.clear().catch(onFault),
});

/** An upload that cannot be stored begins anew after the page was closed, which is no harm worth a word. */
export const patientUploadStore = (store: UploadStore): UploadStore => ({
  get: (fingerprint: string) => store.get(fingerprint).catch(() => null),
  put: (upload: SavedUpload) => store.put(upload).catch(() => {}),
  remove: (fingerprint: string) => store.remove(fingerprint).catch(() => {}),
});

const or =
  <T>(instead: T, onFault: OnFault) =>
  (fault: unknown): T => {
    onFault(fault);
    return instead;
  };
