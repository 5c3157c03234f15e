import type { ChatId, UserSummary } from '@confab/protocol';
import type { Rest } from './rest/rest';
import type { Cancel, Runtime } from './runtime';
import type { Change } from './sync/chat-state';
import type { ChatTable } from './sync/chat-table';

/** After a reconnect the counts are asked for within this time, milliseconds: not all at once. */
const WITHIN_MS = 3_000;
const PAGE = 100;

export interface SummariesOptions {
  readonly rest: Pick<Rest, 'call'>;
  readonly runtime: Pick<Runtime, 'random' | 'setTimer'>;
  readonly table: () => ChatTable;
  readonly tell: (changes: readonly Change[]) => void;
  /** How the other one of a direct chat is now. */
  readonly onPeer: (peer: UserSummary) => void;
  /** All was asked for that is. */
  readonly onDone: () => void;
}

/**
 * What other devices read meanwhile, and who came and went, moved no revision: it shows in the list of
 * chats alone.
 */
export class Summaries {
  readonly #options: SummariesOptions;
  #cancel: Cancel = () => {};
  #round = 0;

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  online(): void {
    const { runtime } = this.#options;
    const round = ++this.#round;
    this.#cancel = runtime.setTimer(
      () => void this.#refresh(round).catch(() => {}),
      runtime.random() * WITHIN_MS,
    );
  }

  offline(): void {
    this.#round++;
    this.#cancel();
  }

  /** Page by page, as far as there are chats that another device may have read. */
  async #refresh(round: number): Promise<void> {
    const { rest, table, tell, onPeer, onDone } = this.#options;
    const open = new Set(unreadIn(table()));
    let query: { limit: number; cursor?: string } = { limit: PAGE };
    for (;;) {
      const { items, next_cursor } = await rest.call('listChats', { query });
      if (round !== this.#round) return;
      for (const chat of items) {
        open.delete(chat.id);
        tell(table().mergeSummary(chat));
        if (chat.peer) onPeer(chat.peer);
      }
      if (next_cursor === null || open.size === 0) return onDone();
      query = { limit: PAGE, cursor: next_cursor };
    }
  }
}

const unreadIn = (table: ChatTable): ChatId[] =>
  table.all().flatMap(({ chat }) => (chat.unread_count > 0 ? [chat.id] : []));
