/**
 * Two things of the runtime would let chance in: WebCrypto works in threads, and `setImmediate`
 * runs when the loop gets to it. While a simulation runs, the first goes one by one, and the
 * second when time would go on; until both are done time stands still.
 */
const realImmediate = globalThis.setImmediate;
const OPERATIONS = ['importKey', 'sign', 'verify'] as const;
type Operation = (...args: unknown[]) => Promise<unknown>;

let deferred: (() => void)[] = [];
let pending = 0;
let last: Promise<unknown> = Promise.resolve();

/** @returns puts everything back as it was */
export function takeOver(): () => void {
  const subtle = crypto.subtle as unknown as Record<string, Operation>;
  for (const name of OPERATIONS) {
    const real = (SubtleCrypto.prototype as unknown as Record<string, Operation>)[name];
    if (real) subtle[name] = (...args) => oneByOne(() => real.apply(crypto.subtle, args));
  }
  const defer = (run: () => void) => void deferred.push(run);
  globalThis.setImmediate = defer as unknown as typeof setImmediate;
  return () => {
    globalThis.setImmediate = realImmediate;
    deferred = [];
    for (const name of OPERATIONS) delete subtle[name];
  };
}

function oneByOne(run: () => Promise<unknown>): Promise<unknown> {
  pending++;
  const result = last.then(run);
  const done = () => {
    pending--;
  };
  last = result.then(done, done);
  return result;
}

/** Resolves when nothing happens any more but by an event still to come. */
export async function quiet(): Promise<void> {
  for (;;) {
    await new Promise<void>((resolve) => void realImmediate(resolve));
    if (pending > 0) await last;
    else if (deferred.length === 0) return;
    else for (const run of deferred.splice(0)) run();
  }
}
