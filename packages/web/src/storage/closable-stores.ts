import type { Stores } from './stores';

/** Stores that take nothing any more once their user is gone. */
export interface ClosableStores extends Stores {
  /** Resolves when what was being written is there. */
  close(): Promise<void>;
}

/** What a client that ends has still under way must not come back after it was wiped. */
export function closable({ tokens, state, outbox, uploads }: Stores): ClosableStores {
  let isClosed = false;
  const running = new Set<Promise<void>>();
  const unlessClosed = async (write: () => Promise<void>): Promise<void> => {
    if (isClosed) return;
    const writing = write();
    running.add(writing);
    await writing.finally(() => running.delete(writing));
  };
  return {
    tokens,
    state: {
      load: () => state.load(),
      save: (change) => unlessClosed(() => state.save(change)),
      clear: () => state.clear(),
    },
    outbox: {
      load: () => outbox.load(),
      put: (entry) => unlessClosed(() => outbox.put(entry)),
      remove: (id) => outbox.remove(id),
    },
    uploads: {
      get: (fingerprint) => uploads.get(fingerprint),
      put: (upload) => unlessClosed(() => uploads.put(upload)),
      remove: (fingerprint) => uploads.remove(fingerprint),
    },
    close: async () => {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}
