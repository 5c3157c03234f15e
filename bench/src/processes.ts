import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import type { Subprocess } from 'bun';

export type Child = Subprocess<'pipe', 'pipe' | number, number>;

/** Everything started here that has not ended yet, so that nothing outlives the benchmark. */
const running = new Set<Child>();
/** What else is to be put away when all of those have ended. */
const cleanups = new Set<() => Promise<void>>();

export interface Spawn {
  command: string[];
  /** The core to pin it to; anywhere when undefined. */
  core?: number;
  env?: Record<string, string>;
  /** Where its standard error goes, and its standard output unless `pipe`. */
  log: string;
  pipe?: boolean;
}

/** Raises the limit on open files as far as allowed, pins, and becomes the command itself (same pid). */
function wrapped(command: string[], core: number | undefined): string[] {
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  return ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', ...pinned];
}

export function start({ command, core, env, log, pipe }: Spawn): Child {
  const file = openSync(log, 'a');
  const child = Bun.spawn(wrapped(command, core), {
    env: { ...process.env, ...env },
    stdin: 'pipe',
    stdout: pipe ? 'pipe' : file,
    stderr: file,
  });
  closeSync(file);
  running.add(child);
  void child.exited.then(() => running.delete(child));
  return child;
}

/** Ends a child by its pid: politely, then after 5 s for certain. */
export async function stop(child: Child, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await child.exited;
  clearTimeout(timer);
}

export async function stopEverything(): Promise<void> {
  await Promise.all([...running].map((child) => stop(child, 'SIGKILL')));
  await Promise.all([...cleanups].map((cleanup) => cleanup()));
}

/** Has `cleanup` done at the end, or on a signal; the function returned does it now and only once. */
export function cleanUpLater(cleanup: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    if (cleanups.delete(once)) await cleanup();
  };
  cleanups.add(once);
  return once;
}

/** Runs a command to its end; throws with the tail of its log when it fails or takes too long. */
export async function run(spawn: Spawn, timeoutMs: number): Promise<string> {
  const child = start({ ...spawn, pipe: true });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const output = await new Response(child.stdout as ReadableStream).text();
  const code = await child.exited;
  clearTimeout(timer);
  if (code === 0) return output;
  const lastLine = (await Bun.file(spawn.log).text()).trim().split('\n').at(-1);
  const program = spawn.command.map((word) => basename(word)).slice(0, 2);
  throw new Error(`${program.join(' ')} ended with ${code}: ${lastLine}`);
}

/** The lines a child prints, as they come. */
export async function* lines(child: Child): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of child.stdout as ReadableStream<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
