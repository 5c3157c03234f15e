/** After so many failures of the server itself, it is the fault of what was sent. */
export const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait until something is tried again, in milliseconds: longer with each failure, or as the
 * server asks for.
 * @param failures how often it failed by now, at least once
 * @param random from 0 to 1. What is waited is spread by it, lest all of a server's users come back together.
 */
export function pauseMs(
  { retryAfter = 0 }: { readonly retryAfter?: number | undefined },
  failures: number,
  random: number,
): number {
  if (retryAfter > 0) return retryAfter * 1000 * (1 + 0.2 * random);
  const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return backoff * (0.5 + 0.5 * random);
}
