/**
 * WebSocket close codes. The number tells a client what to do next, so that it needs no text:
 * 4400–4499 the client's fault, 4000–4099 come back later.
 */
export const CLOSE = {
  tooSlow: { code: 4008, reason: 'too slow', reaction: 'retry' },
  restarting: { code: 4012, reason: 'server restarting', reaction: 'retry' },
  flooding: { code: 4029, reason: 'flooding', reaction: 'retry_later' },
  badFrame: { code: 4400, reason: 'bad frame', reaction: 'stop' },
  unauthorized: { code: 4401, reason: 'token expired or revoked', reaction: 'refresh' },
  banned: { code: 4403, reason: 'banned', reaction: 'stop' },
  frameTooLarge: { code: 1009, reason: 'frame over the limit', reaction: 'retry_later' },
} as const satisfies Record<string, { code: number; reason: string; reaction: CloseReaction }>;

/**
 * What a client does after a close: `retry` with jittered backoff, `retry_later` with the longest
 * backoff, `refresh` its token and then retry, or `stop` for good.
 */
export type CloseReaction = 'retry' | 'retry_later' | 'refresh' | 'stop';

const byCode = new Map<number, CloseReaction>(
  Object.values(CLOSE).map((close) => [close.code, close.reaction]),
);

export function closeReaction(code: number): CloseReaction {
  const known = byCode.get(code);
  if (known) return known;
  return code >= 4400 && code <= 4499 ? 'stop' : 'retry';
}
