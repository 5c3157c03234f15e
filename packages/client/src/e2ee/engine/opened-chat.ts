import { contentOfRecord, type OpenedRecord, statementOfRecord } from './opened';
import type { OpenedStore } from './opened-store';

/** What was opened of one chat: in memory, and kept. */
export class OpenedChat {
  readonly #chat: number;
  readonly #store: OpenedStore;
  readonly #byId = new Map<number, OpenedRecord>();
  readonly #unsaved = new Map<number, OpenedRecord>();
  /** By the sender and the id that they gave it. */
  readonly #bySender = new Map<string, number>();
  /** The message in which a user's `device/client_message_id` was seen. */
  readonly #marks = new Map<string, number>();
  /** The reactions to a message and the statements of its deletion. */
  readonly #statements = new Map<string, Set<number>>();
  /** The first place at which a message of each epoch stands. */
  readonly #firstOf = new Map<number, number>();

  private constructor(chat: number, store: OpenedStore) {
    this.#chat = chat;
    this.#store = store;
  }

  static async load(chat: number, store: OpenedStore): Promise<OpenedChat> {
    const opened = new OpenedChat(chat, store);
    for (const record of await store.load(chat)) opened.#index(record);
    return opened;
  }

  get(id: number): OpenedRecord | undefined {
    return this.#byId.get(id);
  }

  all(): OpenedRecord[] {
    return [...this.#byId.values()].sort((a, b) => a.seq - b.seq);
  }

  find(from: number, clientMessageId: string): OpenedRecord | undefined {
    return this.#byId.get(this.#bySender.get(targetName(from, clientMessageId)) ?? 0);
  }

  /** What was said of a message, in order. */
  statements(from: number, clientMessageId: string): OpenedRecord[] {
    const ids = [...(this.#statements.get(targetName(from, clientMessageId)) ?? [])];
    const found = ids.map((id) => this.#byId.get(id)).filter((one) => one !== undefined);
    return found.sort((a, b) => a.seq - b.seq);
  }

  /** Whether this was seen in another message before. */
  isReplay(from: number, mark: string, id: number): boolean {
    return (this.#marks.get(markName(from, mark)) ?? id) !== id;
  }

  /** The newest epoch of which a message stands before this place; 0 for none. */
  newestBefore(seq: number): number {
    const before = [...this.#firstOf].filter(([, first]) => first < seq);
    return Math.max(0, ...before.map(([epoch]) => epoch));
  }

  /** Takes a record in; `save` keeps it. */
  add(record: OpenedRecord): void {
    this.#unsaved.set(record.id, record);
    this.#index(record);
  }

  /** Keeps what was added since: many records are written at once. */
  async save(): Promise<void> {
    const records = [...this.#unsaved.values()];
    if (records.length === 0) return;
    await this.#store.put(this.#chat, records);
    for (const record of records) {
      if (this.#unsaved.get(record.id) === record) this.#unsaved.delete(record.id);
    }
  }

  /** Forgets what a deleted message said. @returns what is left of it; null when there is nothing to do */
  async erase(id: number): Promise<OpenedRecord | null> {
    const record = this.#byId.get(id);
    // What a reaction or a deletion states is of another message, and must not be undone by this.
    if (!record || !contentOfRecord(record)) return null;
    const erased: OpenedRecord = { ...record, outcome: { state: 'erased' } };
    this.add(erased);
    await this.save();
    return erased;
  }

  #index(record: OpenedRecord): void {
    const { id, seq, from, epoch, outcome } = record;
    this.#byId.set(id, record);
    for (const mark of record.marks) this.#marks.set(markName(from, mark), id);
    if (epoch !== null) this.#firstOf.set(epoch, Math.min(seq, this.#firstOf.get(epoch) ?? seq));
    // What was refused must not stand for the message that it claims to be.
    if (outcome.state === 'refused') return;
    this.#bySender.set(targetName(from, record.clientMessageId), id);
    const statement = statementOfRecord(record);
    if (statement) this.#say(targetName(statement.target_from, statement.target), id);
  }

  #say(target: string, id: number): void {
    const said = this.#statements.get(target);
    if (said) said.add(id);
    else this.#statements.set(target, new Set([id]));
  }
}

/** Devices choose their ids themselves: those of two users may be alike. */
const markName = (from: number, mark: string) => `${from}/${mark}`;
const targetName = (from: number, clientMessageId: string) => `${from}/${clientMessageId}`;
