import { open } from 'node:fs/promises';
import { decodeBitmap, readBitmapHeader } from './bitmap';
import { checkSize } from './limits';
import type { OpenImage } from './open-image';
import { withProfile } from './with-profile';

const HEADER_BYTES = 14 + 124;

/** BMP, which libvips does not read. */
export async function openBitmap(path: string): Promise<OpenImage> {
  const header = readBitmapHeader(await firstBytes(path, HEADER_BYTES));
  checkSize(header.width, header.height);
  const still = async () => {
    const pixels = decodeBitmap(header, await Bun.file(path).bytes());
    return pixels && withProfile(pixels, undefined);
  };
  return { width: header.width, height: header.height, frames: 1, isAnimated: false, still };
}

async function firstBytes(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
