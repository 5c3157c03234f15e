type Reply<R> = { value: R } | { fault: string };

/** A thread that answers each request with one reply, in order. */
export class Thread<Q, R> {
  readonly #worker: Worker;
  readonly #purpose: string;
  /** Why it answers no more; undefined while all is well. */
  #dead: Error | undefined;
  readonly #waiting: { resolve(reply: R): void; reject(error: Error): void }[] = [];

  /**
   * @param entry module that calls `serveThread`
   * @param purpose what it does, for the message that tells of its end
   */
  constructor(entry: URL, purpose: string) {
    this.#purpose = purpose;
    this.#worker = new Worker(entry.href);
    this.#worker.onmessage = (event: MessageEvent<string>) => {
      this.#answered(JSON.parse(event.data) as Reply<R>);
    };
    this.#worker.onerror = (event) => this.#die(event.message);
    this.#worker.addEventListener('close', () => this.#die('it ended'));
  }

  get isAlive(): boolean {
    return this.#dead === undefined;
  }

  /** @throws when the thread is gone */
  check(): void {
    if (this.#dead) throw this.#dead;
  }

  ask(request: Q): Promise<R> {
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Text crosses between threads much faster than objects do.
      this.#worker.postMessage(JSON.stringify(request));
    });
  }

  #answered(reply: Reply<R>) {
    const waiting = this.#waiting.shift();
    if ('fault' in reply) waiting?.reject(new Error(reply.fault));
    else waiting?.resolve(reply.value);
  }

  #die(reason: string) {
    this.#dead ??= new Error(`The thread that ${this.#purpose} is gone: ${reason}`);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#dead);
  }

  end(): void {
    this.#worker.terminate();
  }
}

declare const self: Worker;

/** The thread's own side: `answer` is called for one request at a time. */
export function serveThread<Q, R>(answer: (request: Q) => R | Promise<R>): void {
  const reply = async (text: string): Promise<Reply<R>> => {
    try {
      return { value: await answer(JSON.parse(text) as Q) };
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) };
    }
  };
  let last: Promise<void> = Promise.resolve();
  self.onmessage = (event: MessageEvent<string>) => {
    last = last.then(async () => self.postMessage(JSON.stringify(await reply(event.data))));
  };
}
