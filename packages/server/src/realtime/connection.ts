/** What the hub needs of a socket; the gateway gives it the runtime's, tests give it their own. */
export interface Socket {
  /** Sends frames in order, with as few writes to the network as possible. */
  send(frames: readonly string[]): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Bytes that were sent to it and that it has not taken yet. */
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  /** Drops the connection without a word. */
  terminate(): void;
}

/** Runs something after what is at hand in this turn of the event loop. */
export type Defer = (run: () => void) => void;

/**
 * Frames that may wait for the end of the turn, so that all a connection gets in one turn (its ack,
 * its own message, a status) goes out in one write: on a busy server writes are most of the work.
 */
export class Outbox {
  readonly #defer: Defer;
  #dirty: Connection[] = [];

  constructor(defer: Defer = (run) => void setImmediate(run)) {
    this.#defer = defer;
  }

  add(connection: Connection): void {
    if (this.#dirty.length === 0) this.#defer(() => this.#flush());
    this.#dirty.push(connection);
  }

  #flush() {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const connection of dirty) connection.flush();
  }
}

/** Frames wait for the end of the turn only up to here. */
const MAX_WAITING_BYTES = 256 * 1024;

/** One signed-in WebSocket. */
export class Connection {
  readonly socket: Socket;
  readonly userId: number;
  readonly sessionId: number;
  /** It negotiated `confab.v1` and confirms deliveries itself. */
  readonly confirms: boolean;
  /** Milliseconds since 1970. */
  tokenExpiresAt: number;
  /** Chats it says it is looking at. */
  looking: Set<number> | undefined;
  /** The hub's moment when it opened: of what was published later it has heard. */
  heardSince = 0;
  /** It was told to close; nothing more is sent. */
  closing = false;
  readonly #outbox: Outbox;
  #waiting: string[] | undefined;
  #waitingBytes = 0;

  constructor(
    socket: Socket,
    identity: { userId: number; sessionId: number; confirms: boolean; tokenExpiresAt: number },
    outbox: Outbox,
  ) {
    this.socket = socket;
    this.userId = identity.userId;
    this.sessionId = identity.sessionId;
    this.confirms = identity.confirms;
    this.tokenExpiresAt = identity.tokenExpiresAt;
    this.#outbox = outbox;
  }

  /** Sends at once: after what was published or sent before, ahead of what will be. */
  send(frame: string): void {
    if (this.closing) return;
    this.flush();
    this.socket.send([frame]);
  }

  /** Sends at the end of the turn, after anything that is published meanwhile. */
  sendSoon(frame: string): void {
    if (this.closing) return;
    this.#waitingBytes += frame.length;
    if (this.#waiting) this.#waiting.push(frame);
    else this.#begin(frame);
    // What is in the socket's buffer is seen by those who watch for slow readers.
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.flush();
  }

  #begin(frame: string) {
    this.#waiting = [frame];
    this.#outbox.add(this);
  }

  /** For what may be lost: not sent to a socket that is behind. */
  sendIfIdle(frame: string, limitBytes: number): void {
    const behind = this.#waitingBytes + this.socket.bufferedBytes();
    if (!this.closing && behind <= limitBytes) this.sendSoon(frame);
  }

  flush(): void {
    const waiting = this.discard();
    if (waiting && !this.closing) this.socket.send(waiting);
  }

  /** Forgets what waits. @returns it */
  discard(): readonly string[] | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    return waiting;
  }
}
