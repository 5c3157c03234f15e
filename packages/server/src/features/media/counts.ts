import type { ErrorCode } from '@confab/protocol';
import type { MediaType } from './processing/processed';

type ProcessingEnd = 'done' | 'refused' | 'failed' | 'unfinished';

/** What metrics tell of files since the start. */
export class MediaCounts {
  readonly stored = new Map<MediaType, number>();
  readonly refused = new Map<ErrorCode, number>();
  readonly processed = new Map<ProcessingEnd, number>();
  storedBytes = 0;

  store(type: MediaType, bytes: number): void {
    addOne(this.stored, type);
    this.storedBytes += bytes;
  }

  refuse(code: ErrorCode): void {
    addOne(this.refused, code);
  }

  process(end: ProcessingEnd): void {
    addOne(this.processed, end);
  }
}

function addOne<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
