import type { Cancel, Runtime } from '../runtime';
import type { ChatTable } from '../sync/chat-table';
import { type StateStore, toSaved } from './state-store';

/** How long changes gather before they are saved, milliseconds. */
const SAVE_AFTER_MS = 500;

/** Saves chats some time after they changed, one save at a time. */
export class Saver {
  readonly #store: StateStore;
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #source: () => { table: ChatTable; epoch: string | null };
  readonly #onFault: (fault: unknown) => void;
  #cancel: Cancel | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(
    store: StateStore,
    runtime: Pick<Runtime, 'setTimer'>,
    source: () => { table: ChatTable; epoch: string | null },
    onFault: (fault: unknown) => void,
  ) {
    this.#store = store;
    this.#runtime = runtime;
    this.#source = source;
    this.#onFault = onFault;
  }

  /** Something changed. */
  touch(): void {
    this.#cancel ??= this.#runtime.setTimer(() => void this.flush(), SAVE_AFTER_MS);
  }

  /** Saves what changed; resolves once it is saved. A store that fails goes to `onFault`. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    this.#running = this.#running.then(() => this.#save()).catch(this.#onFault);
    return this.#running;
  }

  async #save(): Promise<void> {
    const { table, epoch } = this.#source();
    if (epoch === null) return;
    const touched = [...table.takeTouched()];
    const states = touched.map((id) => table.get(id)).filter((state) => state !== undefined);
    const removed = touched.filter((id) => !table.get(id));
    const chats = states.map((state) => toSaved(state, epoch));
    await this.#store.save({ user_id: table.self, epoch, chats, removed });
  }
}
