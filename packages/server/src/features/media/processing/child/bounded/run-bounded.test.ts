import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { ManualClock } from '../../../../../testing/manual-clock';
import { eventually } from '../../../../../testing/waiting';
import { Scratch, TOOLS } from '../../../testing/processing';
import { type Bounds, type Command, outputOf, runBounded } from './run-bounded';

const MIB = 1024 * 1024;
const ROOMY: Bounds = { seconds: 60, residentBytes: 1024 * MIB, outputBytes: MIB };

const bun = (code: string, cwd: string): Command => ({ argv: [process.execPath, '-e', code], cwd });
const shell = (code: string, cwd: string): Command => ({ argv: ['/bin/sh', '-c', code], cwd });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a program that ends well gives its output', async () => {
  using scratch = new Scratch();
  const { ending, output } = await outputOf(shell('echo yes', scratch.output), ROOMY, TOOLS);
  expect(ending).toEqual({ kind: 'exited', status: 0 });
  expect(Buffer.from(output).toString()).toBe('yes\n');
});

test('its status tells of its failure', async () => {
  using scratch = new Scratch();
  const { ending } = await outputOf(shell('exit 7', scratch.output), ROOMY, TOOLS);
  expect(ending).toEqual({ kind: 'exited', status: 7 });
});

test('it sees nothing of the environment, and no input', async () => {
  using scratch = new Scratch();
  const code = 'console.log(JSON.stringify([Object.keys(process.env), await Bun.stdin.text()]))';
  const { output } = await outputOf(bun(code, scratch.output), ROOMY, TOOLS);
  expect(JSON.parse(Buffer.from(output).toString())).toEqual([
    ['BUN_RUNTIME_TRANSPILER_CACHE_PATH'],
    '',
  ]);
});

test('it is ended when its time is over', async () => {
  using scratch = new Scratch();
  const clock = new ManualClock();
  const started = Promise.withResolvers<void>();
  const running = runBounded(
    shell('echo started; while :; do :; done', scratch.output),
    ROOMY,
    { ...TOOLS, clock },
    () => started.resolve(),
  );
  await started.promise;
  clock.advance(ROOMY.seconds * 4000);
  expect(await running).toEqual({ kind: 'stopped', bound: 'time' });
});

test('it is ended when it has used its processor time', async () => {
  using scratch = new Scratch();
  const busy = shell('while :; do :; done', scratch.output);
  const { ending } = await outputOf(busy, { ...ROOMY, seconds: 1 }, { ...TOOLS, prlimit: null });
  expect(ending).toEqual({ kind: 'stopped', bound: 'time' });
});

test('it is ended when it grows too large', async () => {
  using scratch = new Scratch();
  const code = 'const held = []; for (;;) { held.push(Buffer.alloc(1 << 20, 1)); await 0; }';
  const small = { ...ROOMY, residentBytes: 200 * MIB };
  const { ending } = await outputOf(bun(code, scratch.output), small, TOOLS);
  expect(ending).toEqual({ kind: 'stopped', bound: 'memory' });
});

test('it is ended when it writes without end, and no more of it is kept', async () => {
  using scratch = new Scratch();
  const endless = shell('while :; do echo yyyyyyyyyyyyyyyy; done', scratch.output);
  const { ending, output } = await outputOf(endless, { ...ROOMY, outputBytes: 1000 }, TOOLS);
  expect(ending).toEqual({ kind: 'stopped', bound: 'output' });
  expect(output.length).toBeLessThanOrEqual(1000);
});

test('what it started is gone with it', async () => {
  using scratch = new Scratch();
  const code = 'while :; do :; done >/dev/null & echo $!';
  const { output } = await outputOf(shell(code, scratch.output), ROOMY, TOOLS);
  const pid = Number(Buffer.from(output).toString());
  expect(pid).toBeGreaterThan(1);
  await eventually(() => !isAlive(pid), 'The end of what the program started');
});

test.skipIf(!TOOLS.prlimit)('it can write no file', async () => {
  using scratch = new Scratch();
  await outputOf(shell('echo something > file', scratch.output), ROOMY, TOOLS);
  const size = existsSync(`${scratch.output}/file`) ? Bun.file(`${scratch.output}/file`).size : 0;
  expect(size).toBe(0);
});

test.skipIf(!TOOLS.setpriv)('it dies with the process that runs it', async () => {
  using scratch = new Scratch();
  const module = Bun.resolveSync('./run-bounded', import.meta.dir);
  const tools = JSON.stringify({ ...TOOLS, clock: undefined });
  const parent = Bun.spawn(
    [
      process.execPath,
      '-e',
      `const { runBounded } = await import(${JSON.stringify(module)});
       const clock = { after: () => () => {}, every: () => () => {} };
       const command = { argv: ['/bin/sh', '-c', 'echo $$; while :; do :; done'], cwd: '.' };
       const bounds = { seconds: 60, residentBytes: Infinity, outputBytes: 1000 };
       await runBounded(command, bounds, { ...${tools}, clock }, (pid) => process.stdout.write(pid));`,
    ],
    { cwd: scratch.output, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { value } = await parent.stdout.getReader().read();
  const pid = Number(Buffer.from(value ?? []).toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !isAlive(pid), 'The end of the orphan');
});
