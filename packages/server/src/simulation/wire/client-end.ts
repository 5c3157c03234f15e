import type { Socket } from '../../../../client/src/runtime';

/** The client's end of a connection, as browsers have it. */
export class ClientEnd implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #sendUp: (text: string) => void;
  readonly #closeUp: (code: number, reason: string) => void;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(hooks: {
    send: (text: string) => void;
    close: (code: number, reason: string) => void;
  }) {
    this.#sendUp = hooks.send;
    this.#closeUp = hooks.close;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  opened() {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.onopen?.();
  }

  /** @returns whether anybody was there to take it */
  received(text: string): boolean {
    if (this.#state !== 'open') return false;
    this.onmessage?.({ data: text });
    return true;
  }

  closed(code: number, reason: string) {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.onclose?.({ code, reason });
  }

  send(text: string) {
    if (this.#state === 'open') this.#sendUp(text);
  }

  close(code = 1000, reason = '') {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#closeUp(code, reason);
  }
}
