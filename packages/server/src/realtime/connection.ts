/** What the hub needs of a socket; the gateway gives it the runtime's, tests give it their own. */
export interface Socket {
  send(frame: string): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Bytes that were sent to it and that it has not taken yet. */
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  /** Drops the connection without a word. */
  terminate(): void;
}

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
  /** It was told to close; nothing more is sent. */
  closing = false;

  constructor(
    socket: Socket,
    identity: { userId: number; sessionId: number; confirms: boolean; tokenExpiresAt: number },
  ) {
    this.socket = socket;
    this.userId = identity.userId;
    this.sessionId = identity.sessionId;
    this.confirms = identity.confirms;
    this.tokenExpiresAt = identity.tokenExpiresAt;
  }

  send(frame: string): void {
    if (!this.closing) this.socket.send(frame);
  }

  /** For what may be lost: not sent to a socket that is behind. */
  sendIfIdle(frame: string, limitBytes: number): void {
    if (!this.closing && this.socket.bufferedBytes() <= limitBytes) this.socket.send(frame);
  }
}
