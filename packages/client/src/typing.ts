import type { ChatId, UserId } from '@confab/protocol';
import type { Cancel, Runtime } from './runtime';

/** While somebody goes on typing the server is told so this often, milliseconds. */
const REPEAT_MS = 4_000;
/** Should a stop get lost, it counts as come after this, milliseconds. */
const FORGET_MS = 8_000;

type Tell = (type: 'typing_start' | 'typing_stop', chatId: ChatId) => void;

/** Says that the user is typing: once, then every 4 s while it goes on, and when it ends. */
export class TypingSender {
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #tell: Tell;
  readonly #active = new Map<ChatId, { again: boolean; cancel: Cancel }>();

  constructor(runtime: Pick<Runtime, 'setTimer'>, tell: Tell) {
    this.#runtime = runtime;
    this.#tell = tell;
  }

  /** To be called at each key. */
  keystroke(chatId: ChatId): void {
    const active = this.#active.get(chatId);
    if (active) active.again = true;
    else this.#start(chatId);
  }

  stop(chatId: ChatId): void {
    if (this.#forget(chatId)) this.#tell('typing_stop', chatId);
  }

  /** Forgets all without a word: the connection is gone, and the server knows what that means. */
  clear(): void {
    for (const chatId of [...this.#active.keys()]) this.#forget(chatId);
  }

  #start(chatId: ChatId): void {
    this.#tell('typing_start', chatId);
    const cancel = this.#runtime.setTimer(() => this.#due(chatId), REPEAT_MS);
    this.#active.set(chatId, { again: false, cancel });
  }

  #due(chatId: ChatId): void {
    if (this.#active.get(chatId)?.again) this.#start(chatId);
    else this.stop(chatId);
  }

  #forget(chatId: ChatId): boolean {
    this.#active.get(chatId)?.cancel();
    return this.#active.delete(chatId);
  }
}

export interface Typist {
  readonly user_id: UserId;
  readonly username: string;
}

/** Who is typing where, as the server tells it. */
export class TypingWatch {
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #onChange: (chatId: ChatId, typists: Typist[]) => void;
  readonly #typists = new Map<ChatId, Map<UserId, Typist & { cancel: Cancel }>>();

  constructor(
    runtime: Pick<Runtime, 'setTimer'>,
    onChange: (chatId: ChatId, typists: Typist[]) => void,
  ) {
    this.#runtime = runtime;
    this.#onChange = onChange;
  }

  in(chatId: ChatId): Typist[] {
    const typists = this.#typists.get(chatId)?.values() ?? [];
    return Array.from(typists, ({ user_id, username }) => ({ user_id, username }));
  }

  started(chatId: ChatId, { user_id, username }: Typist): void {
    const typists = this.#typists.get(chatId) ?? new Map();
    this.#typists.set(chatId, typists);
    const before = typists.get(user_id);
    before?.cancel();
    const cancel = this.#runtime.setTimer(() => this.stopped(chatId, user_id), FORGET_MS);
    typists.set(user_id, { user_id, username, cancel });
    if (!before) this.#onChange(chatId, this.in(chatId));
  }

  /** Stopped typing, said so by sending, or left. */
  stopped(chatId: ChatId, userId: UserId): void {
    const typists = this.#typists.get(chatId);
    typists?.get(userId)?.cancel();
    if (typists?.delete(userId)) this.#onChange(chatId, this.in(chatId));
  }

  clear(): void {
    for (const [chatId, typists] of this.#typists) {
      for (const userId of [...typists.keys()]) this.stopped(chatId, userId);
    }
  }
}
