import { CLOSE, closeReaction } from '@confab/protocol';
import { ClientError, RestError } from '../errors';
import type { ConnectionEvent } from './machine';

/** Over so long the clients of a server that restarts come back, milliseconds. */
const RESTART_SPREAD_MS = 1_000;

/** What a close code tells the client to do. */
export function lossOfClose(code: number): ConnectionEvent {
  const reaction = closeReaction(code);
  if (code === CLOSE.restarting.code) {
    return { type: 'lost', reaction, spreadMs: RESTART_SPREAD_MS };
  }
  if (reaction !== 'stop') return { type: 'lost', reaction };
  return { type: 'lost', reaction, reason: code === CLOSE.banned.code ? 'banned' : 'refused' };
}

/** What it means that no ticket could be had. */
export function lossOfError(error: unknown): ConnectionEvent {
  if (!(error instanceof ClientError)) return { type: 'lost', reaction: 'retry' };
  if (error.code === 'account_inactive') {
    return { type: 'lost', reaction: 'stop', reason: 'banned' };
  }
  const isRefused = error instanceof RestError && error.status === 401;
  if (error.code === 'signed_out' || isRefused) return { type: 'signed_out' };
  const retryAfterMs = (error.retryAfter ?? 0) * 1000;
  // Whatever else is refused for good will not be allowed soon; but a proxy may be at fault.
  return { type: 'lost', reaction: error.temporary ? 'retry' : 'retry_later', retryAfterMs };
}
