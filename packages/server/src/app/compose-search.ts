import type { ChatStates } from '../features/chats';
import type { MessageService } from '../features/messages';
import { indexProgress, SearchFollower, SearchService } from '../features/search';
import type { Clock } from '../lib/clock';
import type { Database } from '../storage/database';

export interface ComposeSearch {
  clock: Clock;
  database: Database;
  states: ChatStates;
  messages: MessageService;
  /** Counts a search of a user. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
  onError: (error: unknown) => void;
  /** Whether there are limits per user. */
  limits: boolean;
}

/** One thread reads on SQLite; PostgreSQL has connections to spare for this many. */
const CONCURRENCY = { sqlite: 1, postgres: 3 } as const;

export function composeSearch(options: ComposeSearch) {
  const { clock, database, states, messages, limitRead, onError, limits } = options;
  const { dialect, heavy: reader, background, committer, read } = database;
  const search = new SearchService({
    reader,
    states,
    messages,
    limitRead,
    concurrency: CONCURRENCY[dialect],
    limits,
  });
  const index = new SearchFollower({
    clock,
    background,
    progress: indexProgress(read),
    queued: () => committer.queued,
    onError,
  });
  return { search, index };
}
