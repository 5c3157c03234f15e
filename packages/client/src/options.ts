import type { CoreOptions } from './core';
import { MemoryUploadStore, type UploadStore } from './media/upload-store';
import { MemoryOutboxStore, type OutboxStore } from './outbox/entry';
import { MemoryTokenStore, type TokenStore } from './rest/tokens';
import { serverUrl } from './rest/url';
import { type Runtime, webRuntime } from './runtime';
import { MemoryStateStore, type StateStore } from './store/state-store';

export interface ClientOptions {
  /** Where the server is, such as `http://localhost:8000`. */
  readonly server: string;
  /** Keeps the session. In memory by default. */
  readonly tokens?: TokenStore;
  /** Keeps the chats between runs. In memory by default. */
  readonly state?: StateStore;
  /** Keeps messages until the server has them. In memory by default. */
  readonly outbox?: OutboxStore;
  /** Keeps where begun uploads go on. In memory by default. */
  readonly uploads?: UploadStore;
  /** Time, chance and network; the globals by default. */
  readonly runtime?: Partial<Runtime>;
}

/** Whoever replaces `fetch` alone wants no upload to pass it by. */
function wholeRuntime(given: Partial<Runtime> = {}): Runtime {
  const { upload, ...rest } = webRuntime();
  return { ...rest, ...(upload && !given.fetch ? { upload } : {}), ...given };
}

export function coreOptions(options: ClientOptions): CoreOptions {
  return {
    server: serverUrl(options.server),
    tokens: options.tokens ?? new MemoryTokenStore(),
    state: options.state ?? new MemoryStateStore(),
    outbox: options.outbox ?? new MemoryOutboxStore(),
    uploads: options.uploads ?? new MemoryUploadStore(),
    runtime: wholeRuntime(options.runtime),
  };
}
