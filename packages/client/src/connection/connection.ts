import {
  type Ack,
  type CommandInput,
  type CommandType,
  type EventBody,
  type ServerFrame,
  SUBPROTOCOL,
} from '@confab/protocol';
import type { Rest } from '../rest/rest';
import type { TokenSet } from '../rest/tokens';
import { socketUrl } from '../rest/url';
import type { Cancel, Runtime } from '../runtime';
import { Channel, disconnected } from './channel';
import { Liveness } from './liveness';
import { lossOfClose, lossOfError } from './loss';
import { type ConnectionEvent, type ConnectionState, type Effect, transition } from './machine';

/** How long connecting may take until the first frame, milliseconds. */
const READY_WITHIN_MS = 15_000;
/** How long a connection must last to count as a good one, milliseconds. */
const SETTLED_AFTER_MS = 5_000;
/** The close code of a client that leaves. */
const NORMAL_CLOSE = 1000;

export interface ConnectionHandlers {
  readonly onState: (state: ConnectionState, before: ConnectionState) => void;
  /** The first frame of a connection. Answers whether a sync is needed. */
  readonly onReady: (ready: EventBody<'ready'>) => boolean;
  /** Every other frame but answers. */
  readonly onFrame: (frame: ServerFrame) => void;
  /** Asks for a sync and applies it. Answers whether more was found missing meanwhile. */
  readonly sync: () => Promise<boolean>;
  /** The channel is gone: frames of it that wait are of no use any more. */
  readonly onDown: () => void;
}

export interface ConnectionOptions {
  readonly server: string;
  readonly rest: Rest;
  readonly runtime: Runtime;
  readonly handlers: ConnectionHandlers;
}

/** Carries out what the state machine decides: sockets, timers, and what comes of them. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #liveness: Liveness;
  #state: ConnectionState = { name: 'idle' };
  #channel: Channel | null = null;
  /** The session that the socket was opened with. */
  #used: TokenSet | null = null;
  #cancelWatch: Cancel = () => {};
  #cancelRetry: Cancel = () => {};
  #forgetNetwork: Cancel = () => {};
  #retryAt: number | null = null;
  /** Counts openings, so that what comes of an older one is known as such. */
  #opening = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#liveness = new Liveness(options.runtime, {
      onQuiet: () => void this.request('ping', {}).catch(() => {}),
      onSilent: () => this.dispatch({ type: 'silent' }),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** When the next try comes, in milliseconds since 1970; null when none is planned. */
  get retryAt(): number | null {
    return this.#retryAt;
  }

  dispatch(event: ConnectionEvent): void {
    const before = this.#state;
    const { state, effects } = transition(before, event);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state !== before) this.#options.handlers.onState(state, before);
  }

  /** Sends a command and waits for its answer; `disconnected` when there is no connection. */
  request<T extends CommandType>(type: T, fields: CommandInput<T>): Promise<Ack<T>> {
    return this.#channel?.request(type, fields) ?? Promise.reject(disconnected());
  }

  /** Sends a command whose answer does not matter, if there is a connection. */
  notify<T extends CommandType>(type: T, fields: CommandInput<T>): void {
    this.#channel?.notify(type, fields);
  }

  /** Another session's tokens: an open socket goes on with them. */
  renewToken(tokens: TokenSet): void {
    this.#used = tokens;
    this.notify('token_refresh', { access_token: tokens.access_token });
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        void this.#open(effect.refresh);
        return;
      case 'release':
        this.#release();
        return;
      case 'sync':
        void this.#sync(this.#opening);
        return;
      case 'probe':
        this.#liveness.probe();
        return;
      case 'watch':
        this.#cancelWatch = this.#options.runtime.setTimer(
          () => this.dispatch({ type: 'settled' }),
          SETTLED_AFTER_MS,
        );
        return;
      case 'retry_in':
        this.#retryIn(effect.minMs, effect.maxMs);
        return;
    }
  }

  async #open(refresh: boolean): Promise<void> {
    const opening = ++this.#opening;
    const { rest, runtime, server } = this.#options;
    this.#hearNetwork();
    this.#liveness.expectWithin(READY_WITHIN_MS);
    try {
      if (refresh) await rest.tokens.renew(this.#used ?? (await rest.tokens.require()));
      const { ticket } = await rest.call('wsTicket');
      const used = await rest.tokens.current();
      if (opening !== this.#opening) return;
      this.#used = used;
      this.#attach(opening, runtime.openSocket(socketUrl(server, ticket), [SUBPROTOCOL]));
    } catch (error) {
      if (opening === this.#opening) this.dispatch(lossOfError(error));
    }
  }

  #attach(opening: number, socket: ReturnType<Runtime['openSocket']>): void {
    this.#channel = new Channel(socket, this.#options.runtime, {
      onFrame: (frame) => {
        if (opening === this.#opening) this.#receive(frame);
      },
      onClose: (code) => {
        if (opening === this.#opening) this.dispatch(lossOfClose(code));
      },
    });
  }

  #receive(frame: ServerFrame): void {
    this.#liveness.touch();
    switch (frame.type) {
      case 'ready': {
        this.#liveness.expectEvery(frame.heartbeat_s * 1000);
        this.dispatch({ type: 'ready', syncNeeded: this.#options.handlers.onReady(frame) });
        return;
      }
      case 'ack':
        return;
      default:
        this.#options.handlers.onFrame(frame);
    }
  }

  async #sync(opening: number): Promise<void> {
    try {
      const syncNeeded = await this.#options.handlers.sync();
      if (opening === this.#opening) this.dispatch({ type: 'synced', syncNeeded });
    } catch {
      // Whatever the reason, the next connection asks again, after a pause.
      if (opening === this.#opening) this.dispatch({ type: 'sync_failed' });
    }
  }

  #retryIn(minMs: number, maxMs: number): void {
    const { runtime } = this.#options;
    const retry = () => this.dispatch({ type: 'retry' });
    const ms = minMs + runtime.random() * (maxMs - minMs);
    this.#cancelRetry = runtime.setTimer(retry, ms);
    this.#retryAt = runtime.now() + ms;
    this.#hearNetwork();
  }

  #hearNetwork(): void {
    this.#forgetNetwork();
    this.#forgetNetwork = this.#options.runtime.onNetworkUp(() => this.dispatch({ type: 'hint' }));
  }

  #release(): void {
    this.#opening++;
    this.#cancelWatch();
    this.#cancelRetry();
    this.#retryAt = null;
    this.#forgetNetwork();
    this.#liveness.stop();
    this.#channel?.close(NORMAL_CLOSE, '');
    this.#channel = null;
    this.#options.handlers.onDown();
  }
}
