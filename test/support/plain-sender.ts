import type { ServerFrame } from '@confab/protocol';
import type { TestUser } from '../../packages/server/src/testing/user';
import { Waiting } from '../../packages/server/src/testing/waiting';

/** From a lost connection to the next try. */
const RETRY_MS = 25;

export interface Acknowledged {
  readonly id: number;
  readonly seq: number;
}

/**
 * A client as anybody may write it without the SDK: it keeps what was not acknowledged, connects
 * again when it is cut off, and sends it again with the same client_message_id.
 */
export class PlainSender {
  readonly #url: string;
  readonly #user: TestUser;
  readonly #chatId: number;
  readonly #waiting = new Waiting();
  readonly unacknowledged = new Map<string, string>();
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Every new_message that came, by its id; and how often one came twice on a connection. */
  readonly seen = new Map<number, string>();
  doubled = 0;
  #socket: WebSocket | undefined;
  #stopped = false;

  constructor(url: string, user: TestUser, chatId: number) {
    this.#url = url;
    this.#user = user;
    this.#chatId = chatId;
    this.#connect();
  }

  #connect() {
    if (this.#stopped) return;
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/ws/${this.#user.token}`);
    const here = new Set<number>();
    this.#socket = socket;
    socket.onopen = () => {
      for (const key of this.unacknowledged.keys()) this.#transmit(key);
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(String(event.data)), here);
    socket.onclose = () => void setTimeout(() => this.#connect(), RETRY_MS);
    socket.onerror = () => {};
  }

  #receive(frame: ServerFrame, here: Set<number>) {
    if (frame.type === 'new_message') {
      const { id, content } = frame.message;
      if (here.has(id)) this.doubled++;
      here.add(id);
      this.seen.set(id, content);
    }
    if (frame.type === 'ack') {
      const { message_id, seq } = frame as unknown as { message_id: number; seq: number };
      const text = this.unacknowledged.get(frame.request_id);
      if (text !== undefined) this.acknowledged.set(text, { id: message_id, seq });
      this.unacknowledged.delete(frame.request_id);
    }
    this.#waiting.changed();
  }

  send(content: string) {
    const key = crypto.randomUUID();
    this.unacknowledged.set(key, content);
    this.#transmit(key);
  }

  #transmit(client_message_id: string) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const content = this.unacknowledged.get(client_message_id);
    const frame = { chat_id: this.#chatId, content, client_message_id };
    const type = 'send_message';
    this.#socket.send(JSON.stringify({ type, request_id: client_message_id, ...frame }));
  }

  /** Resolves once so many messages were acknowledged. */
  untilAcknowledged(count: number): Promise<boolean> {
    return this.#waiting.until(
      () => this.acknowledged.size >= count,
      () => `${this.acknowledged.size} of ${count} were acknowledged`,
    );
  }

  stop() {
    this.#stopped = true;
    this.#socket?.close();
  }
}
