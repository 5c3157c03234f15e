import type { Cancel, Runtime } from './runtime';
import type { Change } from './sync/chat-state';
import type { ChatTable } from './sync/chat-table';
import { isMuteOver, muteEnd, UNMUTED } from './sync/expired';
import { updatedChange, withOwnSettings } from './sync/reduce-chat';

/** Timers cannot wait longer, milliseconds: some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

export interface MuteWatchOptions {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly table: () => ChatTable;
  readonly tell: (changes: readonly Change[]) => void;
}

/** Tells when a mute ends by itself, which no server does: by one timer, for the nearest end. */
export class MuteWatch {
  readonly #options: MuteWatchOptions;
  #isRunning = false;
  #cancel: Cancel = () => {};

  constructor(options: MuteWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.look();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  /** To be called when a chat was muted, or its mute may have ended. */
  look(): void {
    this.#cancel();
    if (!this.#isRunning) return;
    const { runtime, table, tell } = this.#options;
    const now = runtime.now();
    const changes = endMutes(table(), now);
    const ends = table()
      .all()
      .flatMap(({ chat }) => muteEnd(chat) ?? []);
    if (ends.length > 0) {
      const wait = Math.min(LONGEST_MS, Math.min(...ends) - now);
      this.#cancel = runtime.setTimer(() => this.look(), wait);
    }
    if (changes.length > 0) tell(changes);
  }
}

function endMutes(table: ChatTable, now: number): Change[] {
  const over = table.all().filter(({ chat }) => isMuteOver(chat, now));
  return over.map((state) => {
    const next = withOwnSettings(state, table.self, { ...state.chat, ...UNMUTED });
    table.set(next);
    return updatedChange(next);
  });
}
