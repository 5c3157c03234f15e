import type { Message } from '@confab/protocol';
import { ConfabClient } from '../client';
import { MemoryUploadStore, type UploadStore } from '../media/upload-store';
import { MemoryOutboxStore, type OutboxStore } from '../outbox/entry';
import { MemoryTokenStore, tokenSet } from '../rest/tokens';
import { MemoryStateStore, type StateStore } from '../store/state-store';
import type { FakeUser } from './fake-chat';
import type { FakeServer } from './fake-server';
import { FakeTime } from './fake-time';
import { Observer } from './observer';

/** One client of a fake server, and all that it told of. */
export interface Seat {
  readonly client: ConfabClient;
  readonly tokens: MemoryTokenStore;
  readonly state: StateStore;
  readonly outbox: OutboxStore;
  readonly uploads: UploadStore;
  /** The texts of the messages that came, in order. */
  readonly heard: Message[];
  readonly states: string[];
  readonly faults: unknown[];
  /** Throws at a message that comes twice, late or not at all, in this run or the next. */
  readonly observer: Observer;
}

/** What an earlier run left behind. */
type Legacy = Pick<Seat, 'tokens' | 'state' | 'outbox'> & {
  observer?: Observer;
  uploads?: UploadStore;
};

/** A fake server on a fake clock, and the clients that a test seats at it. */
export class Harness {
  readonly time = new FakeTime();
  #uuids = 0;
  readonly #networkListeners = new Set<() => void>();

  constructor(readonly server: FakeServer) {}

  /** A client that is signed in as this user; with an earlier seat's stores, its next run. */
  seat(user: FakeUser, from?: Legacy): Seat {
    const tokens =
      from?.tokens ??
      new MemoryTokenStore(
        tokenSet({ ...this.server.signIn(user), token_type: 'bearer' }, this.time.now()),
      );
    const state = from?.state ?? new MemoryStateStore();
    const outbox = from?.outbox ?? new MemoryOutboxStore();
    const uploads = from?.uploads ?? new MemoryUploadStore();
    const client = new ConfabClient({
      uploads,
      server: 'http://fake',
      tokens,
      state,
      outbox,
      runtime: {
        now: this.time.now,
        setTimer: this.time.setTimer,
        random: () => 0.5,
        uuid: () => `00000000-0000-4000-8000-${String(++this.#uuids).padStart(12, '0')}`,
        fetch: this.server.fetch,
        openSocket: this.server.openSocket,
        onNetworkUp: (callback) => {
          this.#networkListeners.add(callback);
          return () => void this.#networkListeners.delete(callback);
        },
      },
    });
    const observer = from?.observer ?? new Observer();
    const seen = { heard: [], states: [], faults: [], observer };
    const seat: Seat = { client, tokens, state, outbox, uploads, ...seen };
    watch(seat);
    return seat;
  }

  /** The network of every client comes up. */
  networkUp(): void {
    for (const tell of [...this.#networkListeners]) tell();
  }

  async connected(user: FakeUser): Promise<Seat> {
    const seat = this.seat(user);
    const connecting = seat.client.connect();
    await this.time.advance(0);
    await connecting;
    return seat;
  }
}

function watch({ client, heard, states, faults, observer }: Seat): void {
  client.on('message', ({ message }) => heard.push(message));
  client.on('connection', ({ state }) => states.push(state.name));
  client.on('error', ({ error }) => faults.push(error));
  client.on('message', (event) => observer.see({ type: 'message', ...event }));
  client.on('chat_added', (event) => observer.see({ type: 'chat_added', ...event }));
  client.on('chat_reset', (event) => observer.see({ type: 'chat_reset', ...event }));
  client.on('chat_removed', (event) => observer.see({ type: 'chat_removed', ...event }));
}

export const texts = (messages: readonly Message[]) => messages.map((message) => message.content);
