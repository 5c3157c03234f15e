import type { CoreOptions } from './core';
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
  /** Time, chance and network; the globals by default. */
  readonly runtime?: Partial<Runtime>;
}

export function coreOptions(options: ClientOptions): CoreOptions {
  return {
    server: serverUrl(options.server),
    tokens: options.tokens ?? new MemoryTokenStore(),
    state: options.state ?? new MemoryStateStore(),
    outbox: options.outbox ?? new MemoryOutboxStore(),
    runtime: { ...webRuntime(), ...options.runtime },
  };
}
