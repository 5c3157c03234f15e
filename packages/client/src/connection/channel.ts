import type { Ack, CommandInput, CommandType, EventBody, ServerFrame } from '@confab/protocol';
import { ClientError, CommandError } from '../errors';
import type { Cancel, Runtime, Socket } from '../runtime';

interface Pending {
  readonly resolve: (ack: EventBody<'ack'>) => void;
  readonly reject: (error: ClientError) => void;
  readonly stopTimer: Cancel;
}

export interface ChannelHandlers {
  /** Every frame, the answers to requests included. */
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onClose: (code: number, reason: string) => void;
}

/** How long the answer to a command may take, milliseconds. */
export const REQUEST_TIMEOUT_MS = 15_000;

/** One open WebSocket: commands with their answers, and frames. */
export class Channel {
  readonly #socket: Socket;
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #pending = new Map<string, Pending>();
  #requests = 0;
  #isOpen = false;

  constructor(socket: Socket, runtime: Pick<Runtime, 'setTimer'>, handlers: ChannelHandlers) {
    this.#socket = socket;
    this.#runtime = runtime;
    socket.onopen = () => {
      this.#isOpen = true;
    };
    socket.onmessage = (event) => this.#receive(event.data, handlers);
    socket.onclose = (event) => {
      this.#detach();
      handlers.onClose(event.code, event.reason);
    };
    // Whatever the error is, a close event follows it and decides.
    socket.onerror = () => {};
  }

  /**
   * Sends a command and waits for its answer. Fails with a CommandError when the server refuses,
   * with `timeout` or `disconnected` when no answer came: then it may or may not have been done.
   */
  request<T extends CommandType>(type: T, fields: CommandInput<T>): Promise<Ack<T>> {
    return new Promise((resolve, reject) => {
      const request_id = String(++this.#requests);
      const stopTimer = this.#runtime.setTimer(() => {
        this.#pending.delete(request_id);
        reject(new ClientError('timeout', `The server did not answer ${type} in time`));
      }, REQUEST_TIMEOUT_MS);
      const settle = (ack: EventBody<'ack'>) => resolve(ack as Ack<T>);
      this.#pending.set(request_id, { resolve: settle, reject, stopTimer });
      if (!this.#send({ ...fields, type, request_id })) this.#fail(request_id, disconnected());
    });
  }

  /** Sends a command whose answer does not matter, if the socket is open. */
  notify<T extends CommandType>(type: T, fields: CommandInput<T>): void {
    this.#send({ ...fields, type });
  }

  /** Closes without telling `onClose`; what waits for an answer fails with `disconnected`. */
  close(code: number, reason: string): void {
    this.#detach();
    this.#socket.close(code, reason);
  }

  #send(frame: object): boolean {
    if (!this.#isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #receive(data: unknown, handlers: ChannelHandlers): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'ack') this.#take(frame.request_id)?.resolve(frame);
    else if (frame.type === 'error' && frame.request_id !== undefined) {
      this.#take(frame.request_id)?.reject(new CommandError(frame));
    }
    // Answers count as frames too: each is a sign of life.
    handlers.onFrame(frame);
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    pending?.stopTimer();
    return pending;
  }

  #fail(requestId: string, error: ClientError): void {
    this.#take(requestId)?.reject(error);
  }

  #detach(): void {
    this.#isOpen = false;
    this.#socket.onopen = null;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    for (const requestId of [...this.#pending.keys()]) this.#fail(requestId, disconnected());
  }
}

/** A frame, or null for what no version of the protocol sends. */
function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    return isTyped(frame) ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

function isTyped(value: unknown): value is { type: string } {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export function disconnected(): ClientError {
  return new ClientError('disconnected', 'Not connected to the server');
}
