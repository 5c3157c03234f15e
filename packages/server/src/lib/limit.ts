import { ConfabError } from '@confab/protocol';
import { type BucketOptions, TokenBuckets } from './token-bucket';

/** Counts what somebody does. @throws ConfabError `rate_limited` */
export type Limit<K> = (key: K, cost?: number) => void;

/**
 * Lets everybody do so much and refuses what is more.
 * @param what is counted, in the plural: "messages"
 */
export function limitBy<K>(
  rate: BucketOptions,
  what: string,
  now: () => number,
  enabled: boolean,
): Limit<K> {
  const buckets = new TokenBuckets<K>(rate, now);
  return (key, cost = 1) => {
    const wait = enabled ? buckets.take(key, cost) : 0;
    if (wait > 0) throw tooMany(what, wait);
  };
}

/** @param wait in seconds */
export const tooMany = (what: string, wait: number): ConfabError =>
  new ConfabError('rate_limited', `Too many ${what}. Try again in ${inWords(wait)}.`, {
    retryAfterS: wait,
  });

/** Never shorter than it is. */
function inWords(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole <= 90) return counted(whole, 'second');
  const minutes = Math.ceil(whole / 60);
  return minutes <= 90 ? counted(minutes, 'minute') : counted(Math.ceil(minutes / 60), 'hour');
}

const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;
