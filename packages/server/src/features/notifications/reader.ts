import { ConfabError } from '@confab/protocol/failure';
import type { Committer } from '../../storage/committer';
import {
  isOver,
  type ListedRow,
  type NotificationRepository,
  type StandingRow,
} from './repository';
import { tidyNotifications } from './tidy-writes';

/** Rows of one query: what they stand for is looked through, so they are few. */
const STEP = 16;
/** Rows that a page looks at, at most: one that finds little to show is short, and another follows. */
const PAGE_SCAN = 208;
/** Rows that a count looks at, at most: there may be more than it says. */
const COUNT_SCAN = 512;

export interface ReaderDeps {
  notifications: Pick<NotificationRepository, 'next' | 'standings'>;
  committer: Pick<Committer, 'submit'>;
  /** Lets others have their turn of the event loop. */
  pause: () => Promise<void>;
  onError: (error: unknown) => void;
}

export interface Wanted {
  unreadOnly: boolean;
  /** Only those with smaller ids. */
  before: number | undefined;
  limit: number;
}

type Step<Row> = (before: number | undefined) => Promise<Row[]>;

/**
 * Goes through a user's notifications. How one stands depends on the messages that it is about, so
 * no index finds those with something to show: a bounded number is looked at, a few at a time, and
 * what turns out to be over is taken out of the way of the next reader.
 */
export class NotificationReader {
  readonly #deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** @returns with the rows, the `before` of the next page; undefined when there is none */
  async page(userId: number, { unreadOnly, before, limit }: Wanted) {
    const step: Step<ListedRow> = (from) =>
      this.#deps.notifications.next(userId, unreadOnly, from, STEP);
    const seen: ListedRow[] = [];
    const rows: ListedRow[] = [];
    let isMore = false;
    for await (const row of this.#rows(step, before, PAGE_SCAN)) {
      isMore = rows.length === limit;
      if (isMore) break;
      seen.push(row);
      if (unreadOnly ? row.standing === 'unread' : !isOver(row)) rows.push(row);
    }
    await this.#tidy(userId, seen);
    const next = isMore || seen.length === PAGE_SCAN ? seen.at(-1)?.id : undefined;
    return { rows, next };
  }

  async unreadCount(userId: number): Promise<number> {
    const step: Step<StandingRow> = (from) =>
      this.#deps.notifications.standings(userId, from, STEP);
    const seen: StandingRow[] = [];
    for await (const row of this.#rows(step, undefined, COUNT_SCAN)) seen.push(row);
    await this.#tidy(userId, seen);
    return seen.filter(({ standing }) => standing === 'unread').length;
  }

  async *#rows<Row extends StandingRow>(step: Step<Row>, before: number | undefined, most: number) {
    let from = before;
    for (let seen = 0; seen < most; seen += STEP) {
      if (seen > 0) await this.#deps.pause();
      const rows = await step(from);
      yield* rows;
      if (rows.length < STEP) return;
      from = rows.at(-1)?.id;
    }
  }

  /** Whoever reads need not care whether that can be stored now: the next one does it again. */
  async #tidy(userId: number, seen: readonly StandingRow[]) {
    const of = (standing: StandingRow['standing']) =>
      seen.filter((row) => row.standing === standing).map(({ id, seq }) => ({ id, seq: seq ?? 0 }));
    const untidy = { gone: of('gone'), passed: of('passed') };
    if (untidy.gone.length + untidy.passed.length === 0) return;
    try {
      await this.#deps.committer.submit(tidyNotifications, untidy, userId);
    } catch (error) {
      const isBusy = error instanceof ConfabError && error.code === 'overloaded';
      if (!isBusy) this.#deps.onError(error);
    }
  }
}
