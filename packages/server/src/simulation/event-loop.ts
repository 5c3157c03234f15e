import type { Random } from './random';

/**
 * What of the runtime would let chance in. While a simulation runs, random bytes come from its
 * seed; WebCrypto, which works in threads, does one thing at a time; and what `setImmediate` puts
 * off runs before time goes on.
 */
const realImmediate = globalThis.setImmediate;
const OPERATIONS = ['sign', 'verify'] as const;
type Operation = (...args: unknown[]) => Promise<unknown>;

let deferred: (() => void)[] = [];
let pending = 0;
let last: Promise<unknown> = Promise.resolve();

/** @returns puts everything back as it was */
export function takeOver(random: Random): () => void {
  const defer = (run: () => void) => void deferred.push(run);
  globalThis.setImmediate = defer as unknown as typeof setImmediate;
  const putBack = [
    replace(crypto, { getRandomValues: bytesOf(random), randomUUID: () => random.uuid() }),
    replace(crypto.subtle, serialised()),
  ];
  return () => {
    globalThis.setImmediate = realImmediate;
    deferred = [];
    for (const run of putBack) run();
  };
}

/** Puts own properties in front of those of the prototype. */
function replace(object: object, properties: Record<string, unknown>): () => void {
  Object.assign(object, properties);
  return () => {
    for (const name of Object.keys(properties)) Reflect.deleteProperty(object, name);
  };
}

function bytesOf(random: Random) {
  return <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
    return array;
  };
}

function serialised(): Record<string, Operation> {
  const real = SubtleCrypto.prototype as unknown as Record<string, Operation>;
  const entries = OPERATIONS.map((name): [string, Operation] => {
    const run = real[name] as Operation;
    return [name, (...args) => oneByOne(() => run.apply(crypto.subtle, args))];
  });
  return Object.fromEntries(entries);
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
