import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
      CONFAB_ENV: 'development',
    };
    this.#server = Bun.spawn([process.execPath, SERVER], {
      env,
      stdout: 'ignore',
      stderr: 'ignore',
    });
    while (!(await this.#isReady())) await Bun.sleep(20);
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

export async function freePort(): Promise<number> {
  const probe = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const free = probe.port ?? 0;
  await probe.stop(true);
  return free;
}

/** A terminal client whose lines the test types, and whose output it reads. */
export class Terminal {
  readonly #process: Bun.Subprocess<'pipe', 'pipe', 'pipe'>;
  #output = '';
  #waiters: (() => void)[] = [];

  constructor(words: readonly string[]) {
    this.#process = Bun.spawn([process.execPath, CLIENT, ...words], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    void this.#read();
  }

  type(...lines: string[]): void {
    for (const line of lines) this.#process.stdin.write(`${line}\n`);
    this.#process.stdin.flush();
  }

  /** Waits until a line like this was printed. */
  async sees(pattern: RegExp): Promise<void> {
    const end = setTimeout(() => this.#wake(), PATIENCE_MS);
    const late = performance.now() + PATIENCE_MS;
    while (!pattern.test(this.#output)) {
      if (performance.now() >= late) {
        throw new Error(`No ${pattern} in:\n${this.#output}${await this.#faults()}`);
      }
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    clearTimeout(end);
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
    const faults = await new Response(this.#process.stderr).text();
    return { code: await this.#process.exited, faults };
  }

  /** What it said of its end, if it came to one. */
  async #faults(): Promise<string> {
    const { exitCode, stderr } = this.#process;
    if (exitCode === null) return '';
    return `\nIt ended with ${exitCode}: ${await new Response(stderr).text()}`;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stdout) {
      this.#output += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
