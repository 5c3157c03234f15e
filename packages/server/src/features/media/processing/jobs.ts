import type { ErrorCode } from '@confab/protocol/failure';
import type { AvatarFiles, Processed, ProcessRequest } from './processed';

/** What each task of a processing child answers. */
export interface TaskResults {
  clean: string;
  process: Processed;
  avatar: AvatarFiles;
}
export type Task = keyof TaskResults;

/** One job, as the server sends it to a child. A child has one at a time. */
export interface Job {
  readonly task: Task;
  readonly request: ProcessRequest;
}

/** What a child says. `ready` comes once, before it gets a job; then one reply for each job. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly value: TaskResults[Task] }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'failed'; readonly reason: string };
