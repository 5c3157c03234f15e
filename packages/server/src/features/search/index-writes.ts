import { defineWrite, type Write } from '../../storage/write';
import { changesOnPostgres, chatsOnPostgres } from './index-postgres';
import { changesOnSqlite, chatsOnSqlite } from './index-sqlite';
import { mergeAll, mergeSegments } from './tidy-sqlite';

/** What one step of the index does at most: a few milliseconds, as other writes wait for it. */
export interface StepLimits {
  messages: number;
  /** UTF-16 units of text; one message may exceed it. */
  text: number;
}

export interface Indexed {
  /** Chats with messages that are still to be indexed. */
  behind: number[];
  messages: number;
}

/** About what a step of any kind writes. */
const PAGES = 25;

const defineStep = <I, O>(name: string, run: Write<I, O>['run']): Write<I, O> => ({
  ...defineWrite(name, run),
  pages: PAGES,
});

/** Puts messages into the index that are not in it yet. */
export const indexChats = defineStep<{ chatIds: number[]; limits: StepLimits }, Indexed>(
  'search.index',
  (context, input) =>
    context.prepare
      ? chatsOnSqlite(context.prepare, input.chatIds, input.limits)
      : chatsOnPostgres(context.db, input.chatIds, input.limits),
);

/** Follows edits and erasures of indexed messages. @returns whether there may be more */
export const followChanges = defineStep<{ limits: StepLimits }, boolean>(
  'search.follow',
  (context, { limits }) =>
    context.prepare
      ? changesOnSqlite(context.prepare, limits)
      : changesOnPostgres(context.db, limits),
);

/**
 * Keeps the index fast to search; PostgreSQL does so by itself.
 * @returns whether there is more to do
 */
export const tidyIndex = defineStep<{ pages: number; all: boolean }, boolean>(
  'search.tidy',
  async ({ prepare }, { pages, all }) => {
    if (!prepare) return false;
    return all ? mergeAll(prepare, pages) : mergeSegments(prepare, pages);
  },
);

export const searchWrites = [indexChats, followChanges, tidyIndex];
