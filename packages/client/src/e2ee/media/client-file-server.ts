import type { MediaId } from '@confab/protocol';
import type { ConfabClient } from '../../client';
import type { FileServer } from './encrypted-files';
import { readingInOrder } from './in-order';

/** Keeps encrypted files on the server that a client is signed in to. */
export function clientFileServer(client: ConfabClient): FileServer {
  return {
    upload: async (source, options) => (await client.upload(source, options).done).id,
    read: async (mediaId, start, end, isFresh) => {
      const media = { id: mediaId as MediaId, file_size: Number.POSITIVE_INFINITY };
      const { read, close } = readingInOrder(await client.download(media, { start, end, isFresh }));
      return read(start, end, isFresh).finally(close);
    },
    stream: (mediaId, size, options) =>
      client.download({ id: mediaId as MediaId, file_size: size }, options),
  };
}
