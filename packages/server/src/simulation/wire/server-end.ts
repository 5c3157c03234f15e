import type { ServerWebSocket, WebSocketHandler } from 'bun';
import type { SocketData } from '../../gateway/sockets';
import type { Sabotage } from '../machine/sabotage';
import type { Broker } from './broker';

/** The runtime's WebSocket as far as the server uses it. */
type Used = Pick<
  ServerWebSocket<SocketData>,
  | 'data'
  | 'cork'
  | 'send'
  | 'subscribe'
  | 'unsubscribe'
  | 'getBufferedAmount'
  | 'close'
  | 'terminate'
>;

export interface ServerEndHooks {
  /** A frame is handed to the socket. */
  sent(text: string): void;
  /** A frame has left the server's buffer for the network. */
  taken(text: string): void;
  closed(code: number, reason: string): void;
  terminated(): void;
}

const ABNORMAL = 1006;

/**
 * The server's end of a connection. Like the runtime's, it writes published frames at the end of
 * the loop's turn, keeps what the other side does not take, and tells of its close at once.
 */
export class ServerEnd implements Used {
  data: SocketData = undefined as never;
  readonly #userId: number;
  readonly #broker: Broker;
  readonly #handlers: WebSocketHandler<SocketData>;
  readonly #hooks: ServerEndHooks;
  readonly #sabotage: Sabotage;
  #published: string[] = [];
  #buffer: string[] = [];
  #bytes = 0;
  #stalled = false;
  #closing: { code: number; reason: string } | undefined;
  #isOver = false;
  /** How many bytes a byte counts for: makes a slow reader of a few frames. */
  weight = 1;
  /** Unsent bytes when the loop's turn began. */
  unsentAtTurn = 0;

  constructor(
    userId: number,
    broker: Broker,
    handlers: WebSocketHandler<SocketData>,
    hooks: ServerEndHooks,
    sabotage: Sabotage,
  ) {
    this.#userId = userId;
    this.#broker = broker;
    this.#handlers = handlers;
    this.#hooks = hooks;
    this.#sabotage = sabotage;
  }

  get #socket(): ServerWebSocket<SocketData> {
    return this as unknown as ServerWebSocket<SocketData>;
  }

  /** The server hears of it no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  opened() {
    this.#handlers.open?.(this.#socket);
  }

  received(text: string) {
    if (!this.#isOver) void this.#handlers.message?.(this.#socket, text);
  }

  /** The other side closed, or the network says that it is gone. */
  lost(code: number, reason: string) {
    if (!this.#isOver) this.#end(code, reason);
  }

  cork<T>(run: (ws: ServerWebSocket<SocketData>) => T): T {
    return run(this.#socket);
  }

  /** The machine that it was on is no more, and hears nothing of it. */
  died() {
    this.#isOver = true;
  }

  send(text: unknown): number {
    if (this.#isOver) return 0;
    this.flush();
    this.#hooks.sent(String(text));
    this.#write(String(text));
    return 1;
  }

  publish(text: string) {
    if (this.#isOver) return;
    this.#hooks.sent(text);
    this.#published.push(text);
  }

  /** The loop's turn is over. */
  turn() {
    this.flush();
    this.unsentAtTurn = this.unsentBytes;
  }

  flush() {
    if (this.#published.length === 0) return;
    for (const text of this.#published.splice(0)) this.#write(text);
  }

  #write(sound: string) {
    if (this.#sabotage.loses?.(this.#userId, sound)) return;
    const text = this.#sabotage.garbles?.(this.#userId, sound) ?? sound;
    this.#buffer.push(text);
    this.#bytes += text.length;
    if (!this.#stalled) this.#drain();
  }

  #drain() {
    for (const text of this.#buffer.splice(0)) this.#hooks.taken(text);
    this.#bytes = 0;
    if (!this.#closing) return;
    this.#hooks.closed(this.#closing.code, this.#closing.reason);
    this.#closing = undefined;
  }

  /** The other side takes nothing until it resumes. */
  stall(weight: number) {
    this.#stalled = true;
    this.weight = weight;
  }

  resume() {
    this.#stalled = false;
    this.weight = 1;
    this.#drain();
  }

  subscribe(topic: string): boolean {
    if (!this.#isOver) this.#broker.subscribe(topic, this);
    return !this.#isOver;
  }

  unsubscribe(topic: string): boolean {
    return !this.#sabotage.deafToUnsubscribe && this.#broker.unsubscribe(topic, this);
  }

  getBufferedAmount(): number {
    const bytes = this.unsentBytes;
    return this.#sabotage.unsentBytes?.(bytes) ?? bytes;
  }

  /** As it is, whatever is said of it. */
  get unsentBytes(): number {
    return this.#bytes * this.weight;
  }

  close(code = 1000, reason = ''): void {
    if (this.#isOver || code === this.#sabotage.ignoresClose) return;
    this.flush();
    this.#closing = { code, reason };
    if (!this.#stalled) this.#drain();
    this.#end(code, reason);
  }

  terminate(): void {
    this.#buffer = [];
    this.#closing = undefined;
    this.#hooks.terminated();
    if (!this.#isOver) this.#end(ABNORMAL, '');
  }

  #end(code: number, reason: string) {
    this.#isOver = true;
    this.#published = [];
    this.#broker.leave(this);
    this.#handlers.close?.(this.#socket, code, reason);
  }
}
