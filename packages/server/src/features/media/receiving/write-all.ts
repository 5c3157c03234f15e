import type { FileHandle } from 'node:fs/promises';

/** Writes all of it, there or behind what was written last. */
export async function writeAll(
  file: FileHandle,
  chunk: Uint8Array,
  position?: number,
): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const at = position === undefined ? null : position + written;
    written += (await file.write(chunk, written, chunk.length - written, at)).bytesWritten;
  }
}
