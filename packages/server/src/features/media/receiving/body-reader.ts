import type { Clock } from '../../../lib/clock';
import { brokenOff } from './faults';

export interface BodyOptions {
  clock: Pick<Clock, 'after' | 'now'>;
  /** An upload is given up of which next to nothing comes for so long. */
  stallMs: number;
  /** The server stops: it does not wait for those who take their time. */
  closing: AbortSignal;
  /** This upload alone has to end, for the reason that it gives. */
  ended?: AbortSignal;
  /** Bytes came. Refuses more by throwing. */
  onBytes?: (bytes: number) => void;
  /** Asked before anything is read, and from time to time. @throws ConfabError `storage_full` */
  mustFit: (bytes: number) => Promise<void>;
}

/**
 * Somebody who sends byte by byte would keep others from their turn. The slowest telephones send this
 * in a quarter of the time.
 */
const LEAST_BYTES = 32 * 1024;

/** So much is taken until the disk is looked at again. */
const LOOK_BYTES = 8 * 1024 * 1024;

/**
 * A request's body, no faster than it is taken.
 * @throws ConfabError `upload_incomplete` when the client goes away or stalls, `storage_full`
 */
export async function* bodyOf(request: Request, options: BodyOptions): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader();
  if (!reader) return;
  const { clock, stallMs } = options;
  let came = 0;
  let patienceMs = stallMs;
  let unseen = 0;
  try {
    await options.mustFit(Number(request.headers.get('content-length') ?? 0));
    for (;;) {
      const askedAt = clock.now();
      const { done, value } = await unlessOver(reader.read(), { ...options, stallMs: patienceMs });
      if (done) return;
      came += value.length;
      patienceMs -= clock.now() - askedAt;
      if (came >= LEAST_BYTES) [came, patienceMs] = [0, stallMs];
      options.onBytes?.(value.length);
      unseen += value.length;
      if (unseen >= LOOK_BYTES) {
        await options.mustFit(0);
        unseen = 0;
      }
      yield value;
    }
  } finally {
    // What nobody wants any more; of a client that went away, this fails too.
    reader.cancel().catch(() => {});
  }
}

/** The same, for those who read streams. */
export function bodyStream(request: Request, options: BodyOptions): ReadableStream<Uint8Array> {
  const chunks = bodyOf(request, options);
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

function unlessOver<T>(reading: Promise<T>, options: BodyOptions): Promise<T> {
  const { clock, stallMs, closing, ended } = options;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(ended?.aborted ? ended.reason : brokenOff());
    const signals = ended ? [closing, ended] : [closing];
    for (const signal of signals) {
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    }
    const cancel = clock.after(stallMs, giveUp);
    reading.then(resolve, giveUp).finally(() => {
      cancel();
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    });
  });
}
