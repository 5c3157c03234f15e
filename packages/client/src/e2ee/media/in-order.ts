import type { Bytes } from '../encoding';
import type { ReadSealed } from './chunks';

interface Reading {
  /** Pieces that follow each other; a piece is shorter where the stream ends. */
  readonly read: ReadSealed;
  close(): Promise<void>;
}

/** Reads a stream by pieces. */
export function readingInOrder(stream: ReadableStream<Uint8Array>): Reading {
  const reader = stream.getReader();
  let rest: Uint8Array = new Uint8Array();
  const read: ReadSealed = async (start, end) => {
    const piece: Bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < piece.length) {
      if (rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) return piece.slice(0, filled);
        rest = value;
      }
      const part = rest.subarray(0, piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return piece;
  };
  return { read, close: () => reader.cancel() };
}
