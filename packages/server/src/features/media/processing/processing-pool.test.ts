import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../lib/clock';
import { ManualClock } from '../../../testing/manual-clock';
import { eventually } from '../../../testing/waiting';
import { fixture } from '../testing/fixtures';
import { requestFor } from '../testing/request';
import { nothingKnown } from './processed';
import { type PoolOptions, ProcessingPool } from './processing-pool';

/** Children yield to all others, so that a busy machine lets them wait. */
setDefaultTimeout(60_000);
const PATIENCE_MS = 40_000;

const MISBEHAVING = new URL('./testing/misbehaving-child.ts', import.meta.url);
const PARENT = new URL('./testing/pool-parent.ts', import.meta.url).pathname;
const PNG = { mimeType: 'image/png', mediaType: 'image', extension: 'png' } as const;

let dir: string;
let pool: ProcessingPool;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pool-'));
});
afterEach(async () => {
  await pool?.close();
  rmSync(dir, { recursive: true });
});

function start(clock: Clock = systemClock, options: Partial<PoolOptions> = {}): ProcessingPool {
  pool = new ProcessingPool({ clock, workDir: dir, entry: MISBEHAVING, children: 1, ...options });
  return pool;
}

const request = (path: string, owner = 0) => ({ path, recognised: PNG, outputDir: dir, owner });
const pidOf = async (path = 'well') => Number((await pool.process(request(path))).codec);
const codeOf = (job: Promise<unknown>) =>
  job.then(
    () => 'done',
    (error) => error.code ?? 'no code',
  );
const until = <T>(ask: () => T | undefined | false, what: string): Promise<T> =>
  eventually(ask, what, PATIENCE_MS);
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !isZombie(pid);

function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return true;
  }
}

/** The child's pid, once it is in its endless loop; it is written after its file is there. */
const hanging = () =>
  until(() => {
    const path = join(dir, 'hangs');
    return existsSync(path) && (Number(readFileSync(path, 'utf8')) || undefined);
  }, 'the hang');

describe('children', () => {
  test('start with the first job, and serve the next ones as well', async () => {
    start();
    expect(pool.pids).toEqual([]);
    const first = await pidOf();
    expect(await pidOf()).toBe(first);
    expect(pool.pids).toEqual([first]);
  });

  test('end when they had nothing to do for a while', async () => {
    const clock = new ManualClock();
    start(clock);
    const pid = await pidOf();
    await until(() => clock.dueIn().includes(30_000), 'the idle timer');
    clock.advance(30_000);
    await until(() => !isAlive(pid), 'the end of the child');
    expect(await pidOf()).not.toBe(pid);
  });

  test('know nothing of the environment, and live in their own folder', async () => {
    process.env.CONFAB_TEST_SECRET = 'hidden';
    start();
    const told = JSON.parse(await pool.clean(request('tell environment')));
    delete process.env.CONFAB_TEST_SECRET;
    expect(Object.keys(told.env)).not.toContain('CONFAB_TEST_SECRET');
    expect(told.cwd).toBe(dir);
  });

  test('die with the server, even in an endless loop', async () => {
    const parent = Bun.spawn([process.execPath, PARENT, dir, 'hang'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    const pid = await hanging();
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid), 'the end of the child');
  });
});

describe('a job that its child does not survive', () => {
  test('fails alone when the child crashes', async () => {
    start();
    const [before, crash, after] = [
      pool.process(request('1')),
      codeOf(pool.process(request('crash'))),
      pool.process(request('2')),
    ];
    expect(await crash).toBe('media_too_complex');
    const pids = [(await before).codec, (await after).codec];
    expect(pids[0]).not.toBe(pids[1]);
  });

  test('fails alone when it keeps a processor busy for too long', async () => {
    // Six times as long may a child take in all, of which a busy machine lets its start take some.
    const limitMs = { image: 2_500, video: 2_500, audio: 2_500, document: 2_500, other: 2_500 };
    start(systemClock, { limitMs });
    expect(await codeOf(pool.process(request('hang')))).toBe('media_too_complex');
    expect(await pidOf()).not.toBe(await hanging());
  });

  test('fails alone when it does not end, though it does nothing', async () => {
    const clock = new ManualClock();
    start(clock);
    const sleep = codeOf(pool.process(request('sleep')));
    await until(() => clock.dueIn().includes(120_000), 'the limit');
    const [pid = 0] = pool.pids;
    clock.advance(120_000);
    expect(await sleep).toBe('media_too_complex');
    expect(isAlive(pid)).toBe(false);
  });

  test('fails alone when it needs too much memory', async () => {
    start(systemClock, { memoryLimitBytes: 150 * 1024 ** 2 });
    expect(await codeOf(pool.process(request('eat memory')))).toBe('media_too_complex');
    expect(await pidOf()).toBeGreaterThan(0);
  });

  test('makes the next start wait, longer with each death', async () => {
    const clock = new ManualClock();
    start(clock);
    await codeOf(pool.process(request('crash')));
    for (const pause of [100, 200, 400]) {
      const crash = codeOf(pool.process(request('crash')));
      await until(() => clock.dueIn().includes(pause), `a pause of ${pause}`);
      clock.advance(pause);
      expect(await crash).toBe('media_too_complex');
    }
  });
});

describe('what cannot be served', () => {
  test('an error of a library is no error of the contract, so that its text stays inside', async () => {
    start();
    expect(await codeOf(pool.process(request('fail')))).toBe('no code');
  });

  test('a full disk is told as such', async () => {
    start();
    expect(await codeOf(pool.process(request('fill the disk')))).toBe('storage_full');
  });

  test('a child that does not even start refuses its job for the moment', async () => {
    start(systemClock, { entry: new URL('./testing/missing.ts', import.meta.url) });
    expect(await codeOf(pool.process(request('well')))).toBe('overloaded');
  });

  test('more than may wait is refused', async () => {
    start(systemClock, { maxWaiting: 1 });
    const jobs = ['1', '2', '3'].map((path) => codeOf(pool.process(request(path))));
    expect(await Promise.all(jobs)).toEqual(['done', 'done', 'overloaded']);
  });

  test('what waits when it closes is refused, and its children are gone', async () => {
    start();
    const jobs = ['hang', 'well'].map((path) => codeOf(pool.process(request(path))));
    const pid = await hanging();
    await pool.close();
    expect(await Promise.all(jobs)).toEqual(['overloaded', 'overloaded']);
    expect(isAlive(pid)).toBe(false);
    expect(await codeOf(pool.process(request('well')))).toBe('overloaded');
  });
});

test('owners take turns', async () => {
  start();
  const order: string[] = [];
  const jobs = (
    [
      ['first', 1],
      ['mine', 1],
      ['mine too', 1],
      ['yours', 2],
    ] as const
  ).map(async ([path, owner]) => {
    await pool.process(request(path, owner));
    order.push(path);
  });
  await Promise.all(jobs);
  expect(order).toEqual(['first', 'mine', 'yours', 'mine too']);
});

test('one owner never has all children', async () => {
  start(systemClock, { children: 2 });
  const mine = ['hang', 'well'].map((path) => codeOf(pool.process(request(path, 1))));
  await hanging();
  expect(await codeOf(pool.process(request('well', 2)))).toBe('done');
  expect(pool.pids).toHaveLength(2);
  await pool.close();
  expect(await Promise.all(mine)).toEqual(['overloaded', 'overloaded']);
});

test('what keeps the children busy keeps nobody from cleaning a file', async () => {
  start(systemClock, { children: 1, maxWaiting: 1 });
  const jobs = ['hang', 'well'].map((path) => codeOf(pool.process(request(path, 1))));
  await hanging();
  expect(await codeOf(pool.clean(request('well', 2)))).toBe('done');
  await pool.close();
  expect(await Promise.all(jobs)).toEqual(['overloaded', 'overloaded']);
});

test('cleaning has a limit of its own', async () => {
  start(systemClock, { cleanLimitMs: 100 });
  expect(await codeOf(pool.clean(request('hang')))).toBe('media_too_complex');
});

describe('the real children', () => {
  const real = () => new ProcessingPool({ clock: systemClock, workDir: dir });

  test('clean, process and make avatars', async () => {
    pool = real();
    const request = await requestFor(fixture('photo.heic'), dir);
    const path = await pool.clean(request);
    expect(path).not.toBe(request.path);
    const known = await pool.process({ ...request, path });
    expect(known).toMatchObject({ width: 64, height: 48, thumbnail: { width: 64, height: 48 } });
    const { large, small } = await pool.avatar({ ...request, path });
    expect([known.thumbnail?.path, large, small].every((file) => file && existsSync(file))).toBe(
      true,
    );
  });

  test('refuse what is damaged, in words for people', async () => {
    pool = real();
    const path = join(dir, 'damaged.jpg');
    writeFileSync(path, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
    const request = await requestFor(path, dir);
    const jobs = [pool.clean(request), pool.process(request), pool.avatar(request)];
    expect(await Promise.all(jobs.map(codeOf))).toEqual(Array(3).fill('corrupt_media'));
  });

  test('say nothing of files that they do not know', async () => {
    pool = real();
    const request = await requestFor(fixture('README.md'), dir);
    expect(await pool.clean(request)).toBe(request.path);
    expect(await pool.process(request)).toEqual(nothingKnown());
  });
});
