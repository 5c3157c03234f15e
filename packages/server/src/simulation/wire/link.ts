import type { Timeline } from '../timeline';
import { ClientEnd } from './client-end';
import { Pipe } from './pipe';
import type { ServerEnd } from './server-end';

type Down =
  | { kind: 'opened' }
  | { kind: 'frame'; text: string }
  | { kind: 'closed'; code: number; reason: string };
type Up = { kind: 'frame'; text: string } | { kind: 'closed'; code: number; reason: string };

/** Who is told what happens on a link. */
export interface LinkWatch {
  /** The server hands a frame to the socket. */
  sent(link: Link, text: string): void;
  /** It left the server. */
  taken(link: Link, text: string): void;
  /** The client gets it. */
  arrived(link: Link, text: string): void;
  /** The server gets a client's frame. */
  asked(link: Link, text: string): void;
  /** One of the ends is no more. */
  ended(link: Link): void;
}

export interface LinkOwner {
  readonly name: string;
  readonly userId: number;
}

const ABNORMAL = 1006;

/** One WebSocket from end to end, with all that can happen to it on the way. */
export class Link {
  readonly id: number;
  readonly owner: LinkOwner;
  readonly client: ClientEnd;
  readonly #timeline: Timeline;
  readonly #watch: LinkWatch;
  readonly #down: Pipe<Down>;
  readonly #up: Pipe<Up>;
  server: ServerEnd | undefined;
  /** It negotiated `confab.v1`. */
  readonly confirms: boolean;
  /** Session that the server opened it for; 0 until then. */
  sessionId = 0;
  closeCode: number | undefined;
  /** Something went wrong on the way: what is missing at its end proves nothing. */
  isBroken = false;

  constructor(
    id: number,
    owner: LinkOwner,
    confirms: boolean,
    timeline: Timeline,
    delay: () => number,
    watch: LinkWatch,
  ) {
    this.id = id;
    this.owner = owner;
    this.confirms = confirms;
    this.#timeline = timeline;
    this.#watch = watch;
    this.#down = new Pipe(timeline, delay, (item) => this.#arrive(item));
    this.#up = new Pipe(timeline, delay, (item) => this.#reach(item));
    this.client = new ClientEnd({
      send: (text) => this.#up.push({ kind: 'frame', text }),
      close: (code, reason) => {
        this.#up.push({ kind: 'closed', code, reason });
        this.isBroken = true;
        watch.ended(this);
      },
    });
  }

  get name(): string {
    return `${this.owner.name}#${this.id}`;
  }

  /** Both ends think that the other is there. */
  get isHealthy(): boolean {
    return !this.isBroken && this.client.isOpen && this.server?.isOver === false;
  }

  accepted(server: ServerEnd) {
    this.server = server;
    this.#down.push({ kind: 'opened' });
  }

  refused(afterMs: number) {
    this.#timeline.plan(afterMs, () => this.#clientClosed(ABNORMAL, ''));
  }

  /** What the server's end is hooked to. */
  hooks() {
    return {
      sent: (text: string) => this.#watch.sent(this, text),
      taken: (text: string) => {
        this.#watch.taken(this, text);
        this.#down.push({ kind: 'frame', text });
      },
      closed: (code: number, reason: string) => this.#down.push({ kind: 'closed', code, reason }),
      terminated: () => {
        this.isBroken = true;
        this.#down.push({ kind: 'closed', code: ABNORMAL, reason: '' });
      },
    };
  }

  #arrive(item: Down) {
    if (item.kind === 'opened') this.client.opened();
    else if (item.kind === 'closed') this.#clientClosed(item.code, item.reason);
    else {
      if (this.client.isOpen) this.#watch.arrived(this, item.text);
      this.client.received(item.text);
    }
  }

  #clientClosed(code: number, reason: string) {
    this.closeCode ??= code;
    this.client.closed(code, reason);
    this.#watch.ended(this);
  }

  #reach(item: Up) {
    if (!this.server || this.server.isOver) return;
    if (item.kind === 'closed') return this.server.lost(item.code, item.reason);
    this.#watch.asked(this, item.text);
    this.server.received(item.text);
  }

  /**
   * The network drops the connection; what is on its way is lost.
   * @param serverMs when the server learns of it; undefined: never
   * @param clientMs when the client does
   */
  cut(serverMs: number | undefined, clientMs: number | undefined) {
    this.isBroken = true;
    this.#down.cut();
    this.#up.cut();
    const { server } = this;
    if (serverMs !== undefined) this.#timeline.plan(serverMs, () => server?.lost(ABNORMAL, ''));
    if (clientMs !== undefined)
      this.#timeline.plan(clientMs, () => this.#clientClosed(ABNORMAL, ''));
  }

  /** The server's machine went down; what it had sent before still arrives. */
  orphaned(clientMs: number | undefined) {
    this.isBroken = true;
    this.#up.cut();
    if (clientMs !== undefined)
      this.#timeline.plan(clientMs, () => this.#clientClosed(ABNORMAL, ''));
  }
}
