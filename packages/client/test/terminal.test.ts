import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The terminal client as people start it, against the server as people start it: separate
 * processes, real sockets and files.
 */

const root = join(import.meta.dir, '../../..');
const SERVER = join(root, 'packages/server/src/main.ts');
const CLIENT = join(root, 'packages/client/src/terminal/main.ts');

let folder: string;
let port: number;
let server: Bun.Subprocess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-terminal-'));
  port = await freePort();
  await startServer();
});
afterAll(async () => {
  server.kill();
  await server.exited;
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const free = probe.port ?? 0;
  await probe.stop(true);
  return free;
}

async function startServer(): Promise<void> {
  // The settings of whoever runs the tests must not lead it to their database.
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const env = {
    ...inherited,
    HOST: '127.0.0.1',
    PORT: String(port),
    STORAGE_DIR: join(folder, 'storage'),
    RATE_LIMITS: 'off',
    CONFAB_ENV: 'development',
  };
  server = Bun.spawn([process.execPath, SERVER], { env, stdout: 'ignore', stderr: 'ignore' });
  const isReady = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
    return answer?.ok ?? false;
  };
  while (!(await isReady())) await Bun.sleep(20);
}

async function killServer(): Promise<void> {
  server.kill('SIGKILL');
  await server.exited;
}

/** A terminal client whose lines the test types, and whose output it reads. */
class Terminal {
  readonly #process: Bun.Subprocess<'pipe', 'pipe', 'pipe'>;
  #output = '';
  #waiters: (() => void)[] = [];

  constructor(name: string, ...more: string[]) {
    const where = [
      '--server',
      `http://127.0.0.1:${port}`,
      '--profile-dir',
      join(folder, 'profiles'),
    ];
    this.#process = Bun.spawn([process.execPath, CLIENT, '--as', name, ...where, ...more], {
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
    while (!pattern.test(this.#output)) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
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

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stdout) {
      this.#output += decoder.decode(chunk, { stream: true });
      for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }
}

test('two people chat while the server is killed and comes back: nothing is lost or doubled', async () => {
  const bob = new Terminal('bob');
  await bob.sees(/No chats yet/);
  const alice = new Terminal('alice', '--chat', 'bob');
  await alice.sees(/— bob —/);
  bob.type('/open alice');
  await bob.sees(/— alice —/);

  const expected: Record<'alice' | 'bob', string[]> = { alice: [], bob: [] };
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 10; n++) {
      alice.type(`alice ${round}.${n}`);
      bob.type(`bob ${round}.${n}`);
      expected.alice.push(`alice ${round}.${n}`);
      expected.bob.push(`bob ${round}.${n}`);
      if (n === 5) await killServer();
    }
    await startServer();
    await alice.sees(new RegExp(`bob: bob ${round}\\.9`));
    await bob.sees(new RegExp(`alice: alice ${round}\\.9`));
    await alice.sees(new RegExp(`you: alice ${round}\\.9`));
    await bob.sees(new RegExp(`you: bob ${round}\\.9`));
  }

  const seen = { alice: alice.messages(), bob: bob.messages() };
  for (const [name, other] of [
    ['alice', 'bob'],
    ['bob', 'alice'],
  ] as const) {
    expect(seen[name].map((line) => line.split(' ')[0])).toEqual(
      Array.from({ length: 40 }, (_, index) => `#${index + 1}`),
    );
    const from = (who: string) =>
      seen[name]
        .filter((line) => line.includes(` ${who}: `))
        .map((line) => line.split(': ')[1] ?? '');
    expect(from('you')).toEqual(expected[name]);
    expect(from(other)).toEqual(expected[other]);
  }
  expect(await alice.end()).toEqual({ code: 0, faults: '' });
  expect(await bob.end()).toEqual({ code: 0, faults: '' });
}, 60_000);

test('every command does what it says', async () => {
  const dora = new Terminal('dora');
  await dora.sees(/No chats yet/);
  const carl = new Terminal('carl');
  await carl.sees(/No chats yet/);
  carl.type('/group "Book club" dora', 'welcome');
  await dora.sees(/\[Book club\] carl: welcome/);
  dora.type('/open Book club', '/reply 1 thanks', '/react 1 👍');
  await carl.sees(/carl|↳/);
  await carl.sees(/dora: thanks/);
  await carl.sees(/you: welcome \[👍 1\]/);
  carl.type('/edit 1 welcome, all');
  await dora.sees(/#1 \S+ carl: welcome, all \(edited\) \[👍 1\]/);
  carl.type('/unreact 1 👍', '/members');
  await carl.sees(/● dora/);
  await carl.sees(/● carl \(owner\)/);
  dora.type('/delete 2');
  await carl.sees(/#2 \S+ dora: \(deleted\)/);
  carl.type('/remove dora');
  await dora.sees(/no longer in this chat/);
  dora.type('/direct carl', 'sorry?', '/chats');
  await carl.sees(/\[dora\] sorry\?/);
  carl.type('/direct nobody_at_all');
  await carl.sees(/! Nobody here is called nobody_at_all/);
  carl.type('/quit');
  expect((await carl.end()).code).toBe(0);
  expect((await dora.end()).code).toBe(0);
}, 60_000);

test('what is sent and not yet taken is sent by the next run', async () => {
  const fay = new Terminal('fay');
  await fay.sees(/No chats yet/);
  const eric = new Terminal('eric', '--chat', 'fay');
  await eric.sees(/— fay —/);
  await killServer();
  await eric.sees(/reconnecting/);
  eric.type('kept for later', '/quit');
  expect((await eric.end()).code).toBe(0);
  await startServer();
  const again = new Terminal('eric');
  await fay.sees(/\[eric\] kept for later/);
  await again.end();
  await fay.end();
}, 60_000);

test('the password is kept for the next time, readable by its user alone', async () => {
  const path = join(folder, 'profiles', `127.0.0.1_${port}`, 'alice.json');
  const profile = JSON.parse(await readFile(path, 'utf8'));
  expect(profile).toMatchObject({ username: 'alice', isRegistered: true });
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
});

test('a name that is taken, and a wrong password, are said plainly', async () => {
  const elsewhere = ['--profile-dir', join(folder, 'another-machine')];
  const thief = await new Terminal('alice', ...elsewhere).end();
  expect(thief.code).toBe(1);
  expect(thief.faults).toContain('Somebody is called alice on this server already');
  const guess = await new Terminal('alice', ...elsewhere, '--password', 'not it at all').end();
  expect(guess.code).toBe(1);
  expect(guess.faults).toContain('The password of alice is another one');
});
