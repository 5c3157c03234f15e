import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileSource } from '../media/source';

const CHUNK_BYTES = 256 * 1024;

/** A file on disk, to be uploaded without being read into memory. Fails when there is none. */
export async function fileOnDisk(path: string): Promise<FileSource> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is no file`);
  return {
    name: basename(path),
    type: '',
    size: found.size,
    lastModified: Math.floor(found.mtimeMs),
    stream: (from) => streamFrom(path, from),
  };
}

function streamFrom(path: string, from: number): ReadableStream<Uint8Array> {
  let position = from;
  let file: FileHandle | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        file ??= await open(path, 'r');
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), {
          position,
        });
        position += bytesRead;
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await file.close();
        controller.close();
      },
      cancel: () => file?.close(),
    },
    { highWaterMark: 0 },
  );
}
