import type { Subprocess } from 'bun';
import { Waiting } from './waiting';

const MAIN = new URL('../main.ts', import.meta.url).pathname;
/** Beside much other work, a program may take long to start; tests with one have a minute at least. */
const PATIENCE_MS = 40_000;

/** A server in a process of its own, as operators run it. */
export class ServerProcess {
  readonly #child: Subprocess<'ignore', 'pipe', 'pipe'>;
  readonly #waiting = new Waiting();
  /** Everything it has written so far. */
  output = '';
  exitCode: number | undefined;

  /**
   * @param env all of its environment; it is a strict server, if that says nothing else
   * @param preload a module that is run before it, to break it
   */
  constructor(env: Record<string, string>, args: string[] = [], preload?: string) {
    const before = preload === undefined ? [] : ['--preload', preload];
    this.#child = Bun.spawn([process.execPath, ...before, MAIN, ...args], {
      // Making keys for everybody who registers would take the processor from the test.
      env: { PATH: process.env.PATH ?? '', ENCRYPTION_MODE: 'strict', WEB_APP: 'off', ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const read = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)]);
    void Promise.all([this.#child.exited, read]).then(([code]) => {
      this.exitCode = code;
      this.#waiting.changed();
    });
  }

  async #read(stream: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.output += decoder.decode(chunk, { stream: true });
      this.#waiting.changed();
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its address, once it listens. */
  url(): Promise<string> {
    return this.#waiting.until(
      () => /listens on \S+; open (http:\/\/\S+)/.exec(this.output)?.[1],
      () => `The server did not start:\n${this.output}`,
      PATIENCE_MS,
    );
  }

  /** What became of its start. */
  start(): Promise<'listens' | 'ended'> {
    return this.#waiting.until(
      () => this.#start(),
      () => `The server neither started nor ended:\n${this.output}`,
      PATIENCE_MS,
    );
  }

  #start(): 'listens' | 'ended' | undefined {
    if (this.exitCode !== undefined) return 'ended';
    return this.output.includes('listens on') ? 'listens' : undefined;
  }

  kill(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  exited(): Promise<number> {
    return this.#waiting.until(
      () => this.exitCode ?? undefined,
      () => `The server did not end:\n${this.output}`,
      PATIENCE_MS,
    );
  }
}
