import type { Message } from '@confab/protocol';
import type { Store } from '../machine/store';
import type { Model } from '../model/model';
import type { Fail } from './publishing';

export interface SendAnswer {
  readonly message_id: number;
  readonly seq: number;
  readonly rev: number;
  readonly created_at: string;
}

interface Row {
  id: number;
  chat_id: number;
  seq: number;
  rev: number;
  content: string;
  expires_at: number | null;
}

type Seen = Pick<Message, 'chat_id' | 'seq' | 'rev' | 'content' | 'is_deleted'>;

/** What the clients were promised or shown: promises 1 and 2. */
export class Ledger {
  readonly #model: Model;
  readonly #fail: Fail;
  /** `user client_message_id` to the first answer. */
  readonly #answers = new Map<string, SendAnswer>();
  /** The newest version of each message that any client saw. */
  readonly #seen = new Map<number, Seen>();
  /** `chat user` to how far a read was acknowledged. */
  readonly #read = new Map<string, number>();
  readonly #acked = new Map<number, SendAnswer>();

  constructor(model: Model, fail: Fail) {
    this.#model = model;
    this.#fail = fail;
  }

  sent(userId: number, clientMessageId: string | undefined, answer: SendAnswer) {
    this.#acked.set(answer.message_id, answer);
    if (clientMessageId === undefined) return;
    const key = `${userId} ${clientMessageId}`;
    const first = this.#answers.get(key);
    if (!first) return void this.#answers.set(key, answer);
    const same =
      first.message_id === answer.message_id &&
      first.seq === answer.seq &&
      first.created_at === answer.created_at &&
      (first.rev === answer.rev || answer.rev === 0 || first.rev === 0);
    if (!same) {
      const both = JSON.stringify([first, answer]);
      this.#fail('2', `${key} was answered in two ways: ${both}`);
    }
  }

  saw(message: Message) {
    const known = this.#seen.get(message.id);
    if (!known || known.rev <= message.rev) this.#seen.set(message.id, message);
  }

  read(userId: number, messageId: number) {
    for (const chat of this.#model.chats.values()) {
      const message = chat.messageById(messageId);
      if (!message) continue;
      const key = `${chat.id} ${userId}`;
      this.#read.set(key, Math.max(this.#read.get(key) ?? 0, message.seq));
    }
  }

  /** Holds the database, as a crash left it, against all that was promised. */
  check(store: Store) {
    const rows = store.query<Row>(
      'select id, chat_id, seq, rev, content, expires_at from messages',
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const answer of this.#acked.values()) this.#acknowledged(answer, byId);
    for (const [id, message] of this.#seen) this.#shown(id, message, byId);
    this.#reads(store);
  }

  #isErased(chatId: number): boolean {
    return this.#model.chats.get(chatId)?.isActive === false;
  }

  #acknowledged(answer: SendAnswer, rows: ReadonlyMap<number, Row>) {
    const row = rows.get(answer.message_id);
    if (row && row.seq === answer.seq) return;
    const known = [...this.#model.chats.values()].find((c) => c.messageById(answer.message_id));
    if (known && !known.isActive) return;
    this.#fail('1', `message ${answer.message_id} was acknowledged and is not in the database`);
  }

  #shown(id: number, seen: Seen, rows: ReadonlyMap<number, Row>) {
    if (this.#isErased(seen.chat_id)) return;
    const row = rows.get(id);
    const isThere = row && row.seq === seen.seq && row.rev >= seen.rev;
    // What has disappeared is shown as such before it is erased.
    const isHidden = seen.is_deleted && row?.expires_at !== null;
    const isOther = row?.rev === seen.rev && row.content !== seen.content && !isHidden;
    if (!isThere || isOther) {
      this.#fail('1', `message ${id} was seen at revision ${seen.rev} and is not in the database`);
    }
  }

  #reads(store: Store) {
    const rows = store.query<{ chat_id: number; user_id: number; last_read_seq: number }>(
      'select chat_id, user_id, last_read_seq from chat_members where left_at is null',
    );
    for (const row of rows) {
      const read = this.#read.get(`${row.chat_id} ${row.user_id}`) ?? 0;
      if (row.last_read_seq >= read) continue;
      this.#fail(
        '1',
        `user ${row.user_id} was told that ${read} is read in chat ${row.chat_id}; it is ${row.last_read_seq}`,
      );
    }
  }
}
