import type { CloseReaction } from '@confab/protocol';

/**
 * The connection as a state machine. `transition` is total and pure; whoever drives it carries the
 * effects out and reports back by events.
 *
 *            connect            ready             synced
 *     idle ──────────▶ connecting ──────▶ syncing ───────▶ online ⟲ a sync while online
 *                       ▲      │ lost       │ lost           │ lost
 *                 retry │      ▼            ▼                ▼
 *                       └─── waiting ◀──────┴────────────────┘
 *
 *     From everywhere: close, signed_out, or a loss that forbids another try ──▶ stopped
 */
export type ConnectionState =
  | { readonly name: 'idle' }
  /** A ticket is fetched and a socket opened. `attempt` counts tries since things last went well. */
  | { readonly name: 'connecting'; readonly attempt: number }
  /** Connected, and asking for what was missed. */
  | { readonly name: 'syncing'; readonly attempt: number }
  /** Connected, and current but for a sync that may be under way. */
  | { readonly name: 'online'; readonly attempt: number; readonly syncing: boolean }
  /** Lost; the next try comes by itself, after a token refresh if `refresh`. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly refresh: boolean }
  /** Over, until somebody connects again. */
  | { readonly name: 'stopped'; readonly reason: StopReason };

export type StopReason =
  /** `close` was called. */
  | 'closed'
  /** The session ended: sign in again. */
  | 'signed_out'
  /** The account is banned or deactivated. */
  | 'banned'
  /** The server refused what this client sends: it is broken, or too old. */
  | 'refused';

export type ConnectionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'close' }
  /** The first frame came: whether what is held differs from what the server has. */
  | { readonly type: 'ready'; readonly syncNeeded: boolean }
  /** The sync is done, but for what was found missing in the meantime. */
  | { readonly type: 'synced'; readonly syncNeeded: boolean }
  | { readonly type: 'sync_failed' }
  /** Something is missing. */
  | { readonly type: 'sync_wanted' }
  /** Online for a while. */
  | { readonly type: 'settled' }
  /** The socket closed, or could not be opened. */
  | {
      readonly type: 'lost';
      readonly reaction: CloseReaction;
      /** Why, for a reaction of `stop`. */
      readonly reason?: StopReason;
      /** The server asked for a pause of this many milliseconds. */
      readonly retryAfterMs?: number;
      /** Everybody lost the connection at once: the next try is spread over so many milliseconds. */
      readonly spreadMs?: number;
    }
  /** Nothing came for too long. */
  | { readonly type: 'silent' }
  /** The pause is over. */
  | { readonly type: 'retry' }
  /** The machine's network came up, or somebody wants to be connected now. */
  | { readonly type: 'hint' }
  | { readonly type: 'signed_out' };

export type Effect =
  /** Get a ticket and open a socket, with a new access token if `refresh`. */
  | { readonly do: 'open'; readonly refresh: boolean }
  /** Close the socket and stop every timer. */
  | { readonly do: 'release' }
  | { readonly do: 'sync' }
  /** Ask the server for a sign of life, and send `silent` if none comes soon. */
  | { readonly do: 'probe' }
  /** Send `settled` if this connection lasts. */
  | { readonly do: 'watch' }
  /** Send `retry` after a time drawn evenly from this range. */
  | { readonly do: 'retry_in'; readonly minMs: number; readonly maxMs: number };

export interface Step {
  readonly state: ConnectionState;
  readonly effects: readonly Effect[];
}

const FIRST_BACKOFF_MS = 250;
/** Most outages are short: nobody is to wait long after one. */
export const RECENT_BACKOFF_MS = 10_000;
export const LONGEST_BACKOFF_MS = 30_000;
/** So many tries, some two minutes of them, make an outage a long one. */
export const RECENT_ATTEMPTS = 30;

export function transition(state: ConnectionState, event: ConnectionEvent): Step {
  if (state.name === 'idle' || state.name === 'stopped') return whileDown(state, event);
  if (event.type === 'close') return stop('closed');
  if (event.type === 'signed_out') return stop('signed_out');
  switch (state.name) {
    case 'connecting':
      return whileConnecting(state, event);
    case 'syncing':
      return whileSyncing(state, event);
    case 'online':
      return whileOnline(state, event);
    case 'waiting':
      return whileWaiting(state, event);
  }
}

type InState<N extends ConnectionState['name']> = Extract<ConnectionState, { name: N }>;
type Inner = Exclude<ConnectionEvent, { type: 'close' | 'signed_out' }>;

function whileDown(state: InState<'idle' | 'stopped'>, event: ConnectionEvent): Step {
  if (event.type === 'connect') return open(0, false);
  const closed = event.type === 'close' && state.name === 'idle';
  return closed ? { state: { name: 'stopped', reason: 'closed' }, effects: [] } : stay(state);
}

function whileConnecting(state: InState<'connecting'>, event: Inner): Step {
  switch (event.type) {
    case 'ready':
      return event.syncNeeded
        ? { state: { name: 'syncing', attempt: state.attempt }, effects: [{ do: 'sync' }] }
        : online(state.attempt);
    case 'lost':
      return lose(state.attempt, event);
    case 'silent':
      return lose(state.attempt, { reaction: 'retry' });
    case 'hint':
      // The try under way may still get through; if it does not, the next one comes soon.
      return stay(state.attempt === 0 ? state : { ...state, attempt: 0 });
    case 'connect':
    case 'synced':
    case 'sync_failed':
    case 'sync_wanted':
    case 'settled':
    case 'retry':
      return stay(state);
  }
}

function whileSyncing(state: InState<'syncing'>, event: Inner): Step {
  switch (event.type) {
    case 'synced':
      return event.syncNeeded ? { state, effects: [{ do: 'sync' }] } : online(state.attempt);
    case 'lost':
      return lose(state.attempt, event);
    case 'silent':
    case 'sync_failed':
      return lose(state.attempt, { reaction: 'retry' });
    case 'hint':
      return { state, effects: [{ do: 'probe' }] };
    case 'connect':
    case 'ready':
    case 'sync_wanted':
    case 'settled':
    case 'retry':
      return stay(state);
  }
}

function whileOnline(state: InState<'online'>, event: Inner): Step {
  switch (event.type) {
    case 'sync_wanted':
      if (state.syncing) return stay(state);
      return { state: { ...state, syncing: true }, effects: [{ do: 'sync' }] };
    case 'synced':
      if (event.syncNeeded) return { state, effects: [{ do: 'sync' }] };
      return stay({ ...state, syncing: false });
    case 'settled':
      // Only now has the connection proved itself: one that breaks at once must not retry at once.
      return stay(state.attempt === 0 ? state : { ...state, attempt: 0 });
    case 'lost':
      return lose(state.attempt, event);
    case 'silent':
    case 'sync_failed':
      return lose(state.attempt, { reaction: 'retry' });
    case 'hint':
      // After a change of networks the socket may be dead without either end being told.
      return { state, effects: [{ do: 'probe' }] };
    case 'connect':
    case 'ready':
    case 'retry':
      return stay(state);
  }
}

function whileWaiting(state: InState<'waiting'>, event: Inner): Step {
  switch (event.type) {
    case 'connect':
    case 'retry':
      return open(state.attempt, state.refresh, [{ do: 'release' }]);
    case 'hint':
      return open(0, state.refresh, [{ do: 'release' }]);
    case 'ready':
    case 'synced':
    case 'sync_failed':
    case 'sync_wanted':
    case 'settled':
    case 'lost':
    case 'silent':
      return stay(state);
  }
}

const stay = (state: ConnectionState): Step => ({ state, effects: [] });

const online = (attempt: number): Step => ({
  state: { name: 'online', attempt, syncing: false },
  effects: attempt === 0 ? [] : [{ do: 'watch' }],
});

const stop = (reason: StopReason): Step => ({
  state: { name: 'stopped', reason },
  effects: [{ do: 'release' }],
});

function open(attempt: number, refresh: boolean, before: Effect[] = []): Step {
  return { state: { name: 'connecting', attempt }, effects: [...before, { do: 'open', refresh }] };
}

type Loss = Omit<Extract<ConnectionEvent, { type: 'lost' }>, 'type'>;

function lose(attempt: number, loss: Loss): Step {
  const next = attempt + 1;
  switch (loss.reaction) {
    case 'stop':
      return stop(loss.reason ?? 'refused');
    case 'retry':
      return wait(next, false, pause(attempt, loss.spreadMs), loss.retryAfterMs);
    case 'retry_later':
      return wait(next, false, LONG_PAUSE, loss.retryAfterMs);
    case 'refresh':
      // At once the first time; a token that is refused again and again must not make a storm.
      if (attempt === 0) return open(next, true, [{ do: 'release' }]);
      return wait(next, true, pause(attempt), loss.retryAfterMs);
  }
}

const LONG_PAUSE = { minMs: LONGEST_BACKOFF_MS / 2, maxMs: LONGEST_BACKOFF_MS };

/** Full jitter: anything from nothing up to a ceiling that doubles with each try. */
function pause(attempt: number, spreadMs = 0): { minMs: number; maxMs: number } {
  const longest = attempt < RECENT_ATTEMPTS ? RECENT_BACKOFF_MS : LONGEST_BACKOFF_MS;
  const ceiling = Math.min(longest, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 16));
  return { minMs: 0, maxMs: Math.max(ceiling, spreadMs) };
}

function wait(
  attempt: number,
  refresh: boolean,
  range: { minMs: number; maxMs: number },
  retryAfterMs = 0,
): Step {
  const minMs = Math.max(range.minMs, retryAfterMs);
  // What the server asks of everybody is spread out too, lest everybody comes back together.
  const maxMs = Math.max(range.maxMs, retryAfterMs * 1.5);
  return {
    state: { name: 'waiting', attempt, refresh },
    effects: [{ do: 'release' }, { do: 'retry_in', minMs, maxMs }],
  };
}
