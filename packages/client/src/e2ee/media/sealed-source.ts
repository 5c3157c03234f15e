import type { FileSource } from '../../media/source';
import type { FileSealer } from './chunks';
import { SEALED_CHUNK, sealedSize } from './chunks';

/** An encrypted file as uploads read it: neither name nor type, and sealed while it is sent. */
export function sealedSource(sealer: FileSealer, plainSize: number): FileSource {
  return {
    name: 'file',
    type: 'application/octet-stream',
    size: sealedSize(plainSize),
    stream: (from) => streamFrom(sealer, from),
  };
}

function streamFrom(sealer: FileSealer, from: number): ReadableStream<Uint8Array> {
  const chunks = sealer.chunks(Math.floor(from / SEALED_CHUNK));
  let skipped = from % SEALED_CHUNK;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        controller.enqueue(value.subarray(skipped));
        skipped = 0;
      },
      cancel: async () => void (await chunks.return(undefined)),
    },
    { highWaterMark: 0 },
  );
}
