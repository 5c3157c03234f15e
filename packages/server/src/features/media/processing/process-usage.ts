import { readFile } from 'node:fs/promises';

export interface Usage {
  /** Real memory that it holds now. */
  readonly residentBytes: number;
  /** Time that it kept processors busy since its start. */
  readonly cpuMs: number;
}

const PAGE_BYTES = 4096;
/** Linux counts hundredths of a second, whatever the kernel's own clock is. */
const TICK_MS = 10;

/** What a process uses, or undefined when it is gone or the system does not tell (proc(5)). */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; counted from behind it, the state is the first field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number);
    return {
      residentBytes: (pages ?? 0) * PAGE_BYTES,
      cpuMs: ((user ?? 0) + (system ?? 0)) * TICK_MS,
    };
  } catch {
    return undefined;
  }
}
