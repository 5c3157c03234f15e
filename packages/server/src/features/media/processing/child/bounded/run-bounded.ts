import { usageOf } from '../../process-usage';
import type { Tools } from './tools';

/** What a program that reads a stranger's file may use up. */
export interface Bounds {
  /** Of processor time: a busy machine is not the file's fault. */
  readonly seconds: number;
  /** Really used; watched from outside. */
  readonly residentBytes: number;
  /** Address space, enforced by the kernel. Not for JavaScript engines, which reserve far more than they use. */
  readonly addressBytes?: number;
  readonly outputBytes: number;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
}

type Bound = 'time' | 'memory' | 'output';

/** How it ended: by itself with a status, or at one of its bounds. */
export type Ending =
  | { readonly kind: 'exited'; readonly status: number | null }
  | { readonly kind: 'stopped'; readonly bound: Bound };

const WATCH_EVERY_MS = 50;
/** What sleeps, or waits for a processor, is given up after this many times its limit. */
const PATIENCE = 4;
const OPEN_FILES = 64;

/**
 * Runs a program on a file that may be an attack: no shell, no environment, no standard input, no
 * files written (the kernel sees to that where `prlimit` is), all its output through a pipe. Whatever
 * becomes of it, its whole process group is gone when this resolves; if this process dies, so does it
 * (where `setpriv` is; else when it next writes into its pipe, or at its limit of processor time).
 */
export async function runBounded(
  command: Command,
  bounds: Bounds,
  tools: Tools,
  take: (chunk: Uint8Array) => void,
): Promise<Ending> {
  const child = Bun.spawn([...guards(bounds, tools), ...command.argv], {
    cwd: command.cwd,
    // Without a cache on disk, which a program that may write no files has no use for.
    env: { BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const stop = stopper(child.pid);
  const cancels = [
    tools.clock.after(bounds.seconds * 1000 * PATIENCE, () => stop.at('time')),
    tools.clock.every(WATCH_EVERY_MS, () => void watch(child.pid, bounds, stop.at)),
  ];
  try {
    await drain(child.stdout, bounds.outputBytes, take, () => stop.at('output'));
    const status = await child.exited;
    return stop.bound() ?? { kind: 'exited', status };
  } finally {
    for (const cancel of cancels) cancel();
    stop.over();
    killGroup(child.pid);
    await child.exited;
  }
}

/** Both replace themselves by the program, so that the process started is the program itself. */
function guards(bounds: Bounds, tools: Tools): string[] {
  const { setpriv, prlimit } = tools;
  const dieWithParent = setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
  if (!prlimit) return dieWithParent;
  const limits = [
    `--cpu=${bounds.seconds}`,
    `--nofile=${OPEN_FILES}`,
    '--fsize=0',
    '--core=0',
    ...(bounds.addressBytes ? [`--as=${bounds.addressBytes}`] : []),
  ];
  return [...dieWithParent, prlimit, ...limits];
}

function stopper(pid: number) {
  let stopped: Ending | undefined;
  let isOver = false;
  return {
    at(bound: Bound) {
      // A look at its usage may come back when it is gone, and its number another's.
      if (isOver) return;
      stopped ??= { kind: 'stopped', bound };
      killGroup(pid);
    },
    bound: () => stopped,
    over: () => {
      isOver = true;
    },
  };
}

async function watch(pid: number, bounds: Bounds, stop: (bound: Bound) => void): Promise<void> {
  const usage = await usageOf(pid);
  if (!usage) return;
  if (usage.residentBytes > bounds.residentBytes) stop('memory');
  else if (usage.cpuMs > bounds.seconds * 1000) stop('time');
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already, and everything it started with it.
  }
}

async function drain(
  output: ReadableStream<Uint8Array>,
  limit: number,
  take: (chunk: Uint8Array) => void,
  over: () => void,
): Promise<void> {
  let bytes = 0;
  for await (const chunk of output) {
    bytes += chunk.length;
    if (bytes > limit) return over();
    take(chunk);
  }
}

/** All that a program wrote, if it ended well within its bounds. */
export async function outputOf(
  command: Command,
  bounds: Bounds,
  tools: Tools,
): Promise<{ ending: Ending; output: Uint8Array }> {
  const chunks: Uint8Array[] = [];
  const ending = await runBounded(command, bounds, tools, (chunk) => chunks.push(chunk));
  return { ending, output: Buffer.concat(chunks) };
}

export const endedWell = (ending: Ending): boolean =>
  ending.kind === 'exited' && ending.status === 0;
