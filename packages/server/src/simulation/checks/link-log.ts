import type { ServerFrame } from '@confab/protocol';
import { chatOf, revOf } from './frames';
import type { Fail } from './publishing';

/** What one connection was told, checked as it comes: promise 3 for whoever only listens. */
export class LinkLog {
  readonly #name: string;
  readonly #fail: Fail;
  #isReady = false;
  /** Revisions at the time of `ready`. */
  readonly #began = new Map<number, number>();
  /** Revisions of chats joined since, when that was told. */
  readonly #joined = new Map<number, number>();
  /** The last revision told of each chat. */
  readonly revs = new Map<number, number>();
  /** `chat user` to the last receipt. */
  readonly #marks = new Map<string, { delivered: number; read: number }>();
  /** It was so far behind that typing and presence were left out. */
  mayMissPassing = false;
  /** `chat user` of everybody shown as typing. */
  readonly typing = new Set<string>();
  /** The server has sent `ready`. */
  isGreeted = false;
  /** How many counts of unread messages are still to come, by chat. */
  readonly owed = new Map<number, number>();
  /** The last rev_sum that was sent while nothing happened, and how many changes there were. */
  sum: readonly [revSum: number, revisions: number] | undefined;
  /** Durable frames that came. */
  frames = 0;

  constructor(name: string, fail: Fail) {
    this.#name = name;
    this.#fail = fail;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Up to which revision it knows of a chat, by what it was told. */
  knownRev(chatId: number): number {
    const began = this.#began.get(chatId) ?? this.#joined.get(chatId) ?? 0;
    return Math.max(this.revs.get(chatId) ?? 0, began);
  }

  owesUnread(chatId: number, count = 1) {
    this.owed.set(chatId, (this.owed.get(chatId) ?? 0) + count);
  }

  take(frame: ServerFrame) {
    if (frame.type === 'ready') return this.#ready(frame.chats);
    if (!this.#isReady) this.#fail('3', `${this.#name}: ${frame.type} came before ready`);
    const rev = revOf(frame);
    const chatId = chatOf(frame);
    if (rev !== undefined && chatId !== undefined) this.#durable(chatId, rev, frame.type);
    else this.#passing(frame);
  }

  #ready(chats: Record<string, number>) {
    if (this.#isReady) this.#fail('3', `${this.#name}: a second ready`);
    this.#isReady = true;
    for (const [id, rev] of Object.entries(chats)) this.#began.set(Number(id), rev);
  }

  #durable(chatId: number, rev: number, type: string) {
    const before = this.revs.get(chatId);
    const began = this.#began.get(chatId);
    const follows =
      before === undefined ? began === undefined || rev <= began + 1 : rev === before + 1;
    if (!follows) {
      const after = before ?? `ready with ${began}`;
      this.#fail('3', `${this.#name}: ${type} at revision ${rev} of chat ${chatId} after ${after}`);
    }
    this.revs.set(chatId, rev);
    this.frames++;
  }

  #passing(frame: ServerFrame) {
    switch (frame.type) {
      case 'chat_created':
        this.#joined.set(frame.chat.id, frame.chat.rev);
        break;
      case 'chat_removed':
        this.#forget(frame.chat_id);
        break;
      case 'message_status':
        this.#status(frame);
        break;
      case 'typing_start':
        this.typing.add(`${frame.chat_id} ${frame.user_id}`);
        break;
      case 'typing_stop':
        this.typing.delete(`${frame.chat_id} ${frame.user_id}`);
        break;
      case 'unread':
        this.owesUnread(frame.chat_id, -1);
        break;
      default:
    }
  }

  #forget(chatId: number) {
    this.revs.delete(chatId);
    this.#began.delete(chatId);
    this.#joined.delete(chatId);
    this.owed.delete(chatId);
    for (const key of this.typing) if (key.startsWith(`${chatId} `)) this.typing.delete(key);
    for (const key of this.#marks.keys()) {
      if (key.startsWith(`${chatId} `)) this.#marks.delete(key);
    }
  }

  /** Promise 5: receipts never go back. */
  #status(frame: Extract<ServerFrame, { type: 'message_status' }>) {
    const key = `${frame.chat_id} ${frame.user_id}`;
    const before = this.#marks.get(key) ?? { delivered: 0, read: 0 };
    const now = {
      delivered: frame.delivered_message_id ?? 0,
      read: frame.read_message_id ?? 0,
    };
    // Across a block no more is told to have been delivered than was read.
    const isWithheld = now.delivered === now.read;
    const isBack = (now.delivered < before.delivered && !isWithheld) || now.read < before.read;
    if (isBack || now.read > now.delivered) {
      const text = JSON.stringify([before, now]);
      this.#fail('5', `${this.#name}: receipts of ${key} went ${text}`);
    }
    this.#marks.set(key, now);
  }
}
