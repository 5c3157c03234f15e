import { codeOf, diskFault, isFull, storageFull, storeUnreachable } from './faults';

export const isNoSuchKey = (error: unknown): boolean => codeOf(error) === 'NoSuchKey';

/** A store that does not answer in time. */
export class S3Late extends Error {
  override name = 'S3Late';
}

const isOfStore = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'S3Error' || error instanceof S3Late);

/**
 * Whatever an S3 store refuses, who wanted a file can only try again. What is wrong is for the
 * operator, and goes to `onError`.
 */
export function s3Fault(error: unknown, onError: (error: unknown) => void): unknown {
  if (!isOfStore(error)) return diskFault(error);
  onError(error);
  return isFull(error) ? storageFull() : storeUnreachable();
}
