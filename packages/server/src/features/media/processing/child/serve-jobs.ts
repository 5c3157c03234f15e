import { setPriority } from 'node:os';
import { ConfabError } from '@confab/protocol/failure';
import type { ChildMessage, Job } from '../jobs';

const NICENESS = 10;

/** The child's own side: `answer` is called for one job at a time. */
export function serveJobs(answer: (job: Job) => Promise<unknown>): void {
  setPriority(NICENESS);
  // A thread of its own, as a decoder may keep this one for longer than the server lives.
  new Worker(new URL('./die-with-parent.ts', import.meta.url).href);
  process.on('message', (job: Job) => void reply(job, answer).then(say));
  process.on('disconnect', () => process.exit(0));
  say({ kind: 'ready' });
}

const say = (message: ChildMessage) => void process.send?.(message);

async function reply(job: Job, answer: (job: Job) => Promise<unknown>): Promise<ChildMessage> {
  try {
    return { kind: 'done', value: await answer(job) } as ChildMessage;
  } catch (error) {
    if (error instanceof ConfabError) {
      return { kind: 'refused', code: error.code, detail: error.message };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return isDiskFull(reason) ? DISK_FULL : { kind: 'failed', reason };
  }
}

const isDiskFull = (reason: string): boolean => /ENOSPC|no space left|disk full/i.test(reason);
const DISK_FULL: ChildMessage = {
  kind: 'refused',
  code: 'storage_full',
  detail: 'The server has no room left for files',
};
