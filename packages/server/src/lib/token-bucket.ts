/** A limiter that allows `rate` events a second on average and `burst` at once. */
export interface BucketOptions {
  rate: number;
  burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by key. A full bucket is as good as none, so full ones are forgotten. */
export class TokenBuckets<K> {
  readonly #options: BucketOptions;
  readonly #now: () => number;
  readonly #buckets = new Map<K, Bucket>();
  #sweepAt = 0;

  constructor(options: BucketOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /**
   * @param cost events that this one counts for; at most what a full bucket holds
   * @returns 0 when allowed, else the seconds to wait
   */
  take(key: K, cost = 1): number {
    const { rate, burst } = this.#options;
    const bucket = this.#filled(key);
    const wanted = Math.min(cost, burst);
    if (bucket.tokens < wanted) return (wanted - bucket.tokens) / rate;
    bucket.tokens -= wanted;
    return 0;
  }

  /** @returns 0 when one event would be allowed, else the seconds to wait; it is not counted */
  wait(key: K): number {
    const bucket = this.#buckets.has(key) ? this.#filled(key) : undefined;
    return bucket && bucket.tokens < 1 ? (1 - bucket.tokens) / this.#options.rate : 0;
  }

  /** Counts what has happened already, whether it is allowed or not. */
  spend(key: K, cost: number): void {
    const bucket = this.#filled(key);
    bucket.tokens = Math.max(0, bucket.tokens - cost);
  }

  #filled(key: K): Bucket {
    const now = this.#now();
    this.#sweep(now);
    const { rate, burst } = this.#options;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(now: number) {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + 60_000;
    const fullAfterMs = (this.#options.burst / this.#options.rate) * 1000;
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.at > fullAfterMs) this.#buckets.delete(key);
    }
  }
}
