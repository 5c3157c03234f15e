import { ConfabError } from '@confab/protocol';

export const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | null | undefined)?.code ?? '');

/** Of file systems and of S3 stores. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'XMinioStorageFull', 'QuotaExceeded']);
const BUSY = new Set(['EMFILE', 'ENFILE']);

export const storageFull = () =>
  new ConfabError('storage_full', 'The server has no room left for files. Try again later.');

export const storeUnreachable = () =>
  new ConfabError('overloaded', 'Files cannot be reached right now. Try again in a moment.', {
    retryAfterS: 5,
  });

export const missingBlob = () => new ConfabError('not_found', 'The file is no longer there');

export const isFull = (error: unknown): boolean => FULL.has(codeOf(error));

/** What a failed call of the file system means to whoever asked; other faults stay what they are. */
export function diskFault(error: unknown): unknown {
  if (isFull(error)) return storageFull();
  return BUSY.has(codeOf(error)) ? storeUnreachable() : error;
}

export const isMissing = (error: unknown): boolean =>
  codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
