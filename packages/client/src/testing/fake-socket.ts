import type { ServerFrame } from '@confab/protocol';
import type { Socket } from '../runtime';

/** The client's end of a socket to the fake server. Frames take a turn of the event loop each way. */
export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly url: string;
  readonly protocols: readonly string[];
  /** What the client sent, in order. */
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | null = null;
  /** The server's ear. */
  onsend: (frame: Record<string, unknown>) => void = () => {};
  onclientclose: () => void = () => {};
  #isOpen = false;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    if (!this.#isOpen) return;
    const frame = JSON.parse(text);
    this.sent.push(frame);
    queueMicrotask(() => this.onsend(frame));
  }

  close(code = 1000): void {
    if (this.closedWith === null) {
      this.closedWith = code;
      this.onclientclose();
    }
    this.#isOpen = false;
  }

  /** The server's side. */
  open(): void {
    this.#isOpen = true;
    this.onopen?.();
  }

  push(frame: ServerFrame | Record<string, unknown>): void {
    queueMicrotask(() => {
      if (this.#isOpen) this.onmessage?.({ data: JSON.stringify(frame) });
    });
  }

  /** The connection breaks, or the server closes it. Frames on the way are lost. */
  drop(code = 1006): void {
    if (this.closedWith !== null) return;
    this.closedWith = code;
    this.#isOpen = false;
    this.onclose?.({ code, reason: '' });
  }
}
