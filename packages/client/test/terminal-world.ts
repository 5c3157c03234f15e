import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../server/src/testing/free-port';

export { freePort };

const root = join(import.meta.dir, '../../..');
const SERVER = join(root, 'packages/server/src/main.ts');
const CLIENT = join(root, 'packages/client/src/terminal/main.ts');

/** Generous, as it only ends tests that fail. */
const PATIENCE_MS = 60_000;

/** A server as people start it, and terminal clients at it. */
export class TerminalWorld {
  #server: Bun.Subprocess | null = null;

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<TerminalWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'confab-terminal-'));
    const world = new TerminalWorld(folder, await freePort());
    await world.startServer();
    return world;
  }

  async stop(): Promise<void> {
    this.#server?.kill();
    await this.#server?.exited;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Profiles lie in one folder unless another one is given. */
  terminal(name: string, ...more: string[]): Terminal {
    const address = `http://127.0.0.1:${this.port}`;
    const where = ['--server', address, '--profile-dir', join(this.folder, 'profiles')];
    return new Terminal(['--as', name, ...where, ...more]);
  }

  async startServer(): Promise<void> {
    // The settings of whoever runs the tests must not lead it to their database.
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
    const env = {
      ...inherited,
      HOST: '127.0.0.1',
      PORT: String(this.port),
      STORAGE_DIR: join(this.folder, 'storage'),
      RATE_LIMITS: 'off',
      // Spares the key that it would make for each account.
      ENCRYPTION_MODE: 'strict',
      // Nobody opens it; where it was not built yet, each start would take the processor for that.
      WEB_APP: 'off',
      CONFAB_ENV: 'development',
    };
    const server = Bun.spawn([process.execPath, SERVER], {
      env,
      stdout: 'ignore',
      stderr: 'inherit',
    });
    this.#server = server;
    while (!(await this.#isReady())) {
      if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
      await Bun.sleep(20);
    }
  }

  async killServer(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.exited;
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/ready`).catch(() => null);
    return answer?.ok ?? false;
  }
}

/** A terminal client whose lines the test types, and whose output it reads. */
export class Terminal {
  readonly #process: Bun.Subprocess<'pipe', 'pipe', 'pipe'>;
  readonly #read: Promise<unknown>;
  #output = '';
  #faults = '';
  #hasEnded = false;
  #waiters: (() => void)[] = [];

  constructor(words: readonly string[]) {
    this.#process = Bun.spawn([process.execPath, CLIENT, ...words], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const { stdout, stderr } = this.#process;
    const said = textOf(stdout, (text) => {
      this.#output += text;
      this.#wake();
    });
    const faults = textOf(stderr, (text) => {
      this.#faults += text;
    });
    this.#read = Promise.all([said, faults, this.#process.exited]).then(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  type(...lines: string[]): void {
    for (const line of lines) this.#process.stdin.write(`${line}\n`);
    this.#process.stdin.flush();
  }

  /** Waits until a line like this was printed, for as long as there can be one. */
  async sees(pattern: RegExp): Promise<void> {
    let isLate = false;
    const end = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENCE_MS);
    while (!pattern.test(this.#output) && !this.#hasEnded && !isLate) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    clearTimeout(end);
    if (pattern.test(this.#output)) return;
    throw new Error(`No ${pattern} in:\n${this.#output}\n${this.#fate()}: ${this.#faults}`);
  }

  /** What the last such line has in its group. */
  found(pattern: RegExp): string {
    return [...this.#output.matchAll(new RegExp(pattern, `${pattern.flags}g`))].at(-1)?.[1] ?? '';
  }

  /** The numbered messages as they were printed. */
  messages(): string[] {
    const lines = this.#output.split('\n').filter((line) => line.startsWith('#'));
    return lines.map((line) => line.replace(/^(#\d+) \d\d:\d\d /, '$1 ').replace(/ ✓.*$/, ''));
  }

  /** Ends the input; answers the exit code and what was said of faults. */
  async end(): Promise<{ code: number; faults: string }> {
    await this.#process.stdin.end();
    await this.#read;
    return { code: await this.#process.exited, faults: this.#faults };
  }

  #fate(): string {
    if (!this.#hasEnded) return 'It still runs';
    const { exitCode, signalCode } = this.#process;
    return `It ended with ${exitCode ?? signalCode}`;
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

async function textOf(stream: ReadableStream<Uint8Array>, hear: (text: string) => void) {
  const decoder = new TextDecoder();
  for await (const chunk of stream) hear(decoder.decode(chunk, { stream: true }));
}
