import type { BlobStore } from '../../storage/blobs/blob-store';

/** No files are sent in simulations: a store that has none, and touches no disk. */
export const noBlobs: BlobStore = {
  adopt: () => Promise.reject(new Error('Simulations send no files')),
  size: async () => undefined,
  read: async () => undefined,
  withLocalFile: () => Promise.reject(new Error('Simulations have no files')),
  remove: async () => {},
  async *list() {},
};
