import { type ServerFrame, SUBPROTOCOL } from '@confab/protocol';
import { Waiting } from './waiting';

export type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** A WebSocket client that keeps every frame and waits for the ones a test expects. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly frames: ServerFrame[] = [];
  readonly #waiting = new Waiting();
  #requests = 0;
  closeCode: number | undefined;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.onmessage = (event) => {
      this.frames.push(JSON.parse(String(event.data)));
      this.#waiting.changed();
    };
    ws.onclose = (event) => {
      this.closeCode = event.code;
      this.#waiting.changed();
    };
  }

  static async open(url: string, token: string, confirms: boolean): Promise<TestSocket> {
    const address = `${url.replace('http', 'ws')}/ws/${token}`;
    const socket = new TestSocket(new WebSocket(address, confirms ? [SUBPROTOCOL] : []));
    await socket.event('ready');
    return socket;
  }

  /** Waits until `find` finds something. */
  until<T>(find: () => T | undefined | false, what: string): Promise<T> {
    return this.#waiting.until(find, () => {
      const seen = this.frames.map((frame) => frame.type).join(', ');
      return `${what} did not come; close code ${this.closeCode}, frames: ${seen}`;
    });
  }

  /** The first frame of a type that fits, among those already here and those to come. */
  event<T extends ServerFrame['type']>(
    type: T,
    fits: (frame: Frame<T>) => boolean = () => true,
  ): Promise<Frame<T>> {
    const find = () =>
      this.frames.find(
        (frame): frame is Frame<T> => frame.type === type && fits(frame as Frame<T>),
      );
    return this.until(find, type);
  }

  all<T extends ServerFrame['type']>(type: T): Frame<T>[] {
    return this.frames.filter((frame): frame is Frame<T> => frame.type === type);
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a command and gives its ack or error. */
  request(
    type: string,
    fields: Record<string, unknown> = {},
  ): Promise<Frame<'ack'> | Frame<'error'>> {
    const request_id = `r${++this.#requests}`;
    this.send({ type, request_id, ...fields });
    return this.until(
      () =>
        this.frames.find(
          (frame): frame is Frame<'ack'> | Frame<'error'> =>
            (frame.type === 'ack' || frame.type === 'error') && frame.request_id === request_id,
        ),
      `the answer to ${type}`,
    );
  }

  /** Resolves when everything sent so far was handled: frames are handled in order. */
  async settled(): Promise<void> {
    await this.request('ping');
  }

  closed(): Promise<number> {
    return this.until(() => this.closeCode, 'the close');
  }

  close(): void {
    this.ws.close();
  }
}
