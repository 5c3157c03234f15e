/** How often, and how long, one notification is tried on one device. */
export const RETRY = { attempts: 10, ageMs: 3_600_000, firstMs: 1000, longestMs: 300_000 };

/**
 * How long to wait before the next attempt: exponential backoff with jitter, on top of what the
 * provider asked for. Undefined when it is time to give up.
 * @param attempts made so far, at least one
 * @param random from 0 to 1
 */
export function retryDelay(
  attempts: number,
  ageMs: number,
  retryAfterMs: number,
  random: number,
): number | undefined {
  const backoff = Math.min(RETRY.longestMs, RETRY.firstMs * 2 ** (attempts - 1));
  const wait = Math.round(retryAfterMs + backoff * (0.5 + random / 2));
  return attempts >= RETRY.attempts || ageMs + wait > RETRY.ageMs ? undefined : wait;
}

/**
 * The header `Retry-After` in milliseconds from now: seconds, or a date (RFC 9110). Undefined when
 * there is none, or nonsense.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1000;
  const date = header.endsWith(' GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
