import { createHash } from 'node:crypto';

/** The bytes of a file of the vectors: SHA-256("confab file" ‖ uint32 n), joined and cut. */
export function plainFile(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(size / 32) * 32);
  const counter = Buffer.alloc(4);
  for (let n = 0; n * 32 < size; n++) {
    counter.writeUInt32BE(n);
    bytes.set(createHash('sha256').update('confab file').update(counter).digest(), n * 32);
  }
  return bytes.slice(0, size);
}
