import type { Bounds, Command } from './run-bounded';

/**
 * Decoders that crash, hang or eat memory on hostile files run in a process of their own: it can be
 * ended without failing the upload, which merely gets no thumbnail.
 */
export function helper(entry: URL, args: readonly string[], cwd: string): Command {
  return { argv: [process.execPath, Bun.fileURLToPath(entry), ...args], cwd };
}

const MIB = 1024 * 1024;

export const HELPER_BOUNDS: Bounds = {
  seconds: 15,
  residentBytes: 768 * MIB,
  outputBytes: 8 * MIB,
};
