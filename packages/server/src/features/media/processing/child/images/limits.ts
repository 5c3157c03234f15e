import { ConfabError } from '@confab/protocol/failure';

export const MAX_PIXELS = 100_000_000;
const MAX_SIDE = 16_384;

/** @throws ConfabError `media_too_complex` before anything of that size is decoded */
export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw corruptImage();
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) throw tooLarge();
}

const tooLarge = () =>
  new ConfabError(
    'media_too_complex',
    `An image may have ${MAX_PIXELS / 1e6} million pixels, and ${MAX_SIDE} on a side`,
  );

export const corruptImage = () =>
  new ConfabError('corrupt_media', 'The image is damaged and cannot be shown');

/** What a decoder's complaint means; the file is at fault unless the system says otherwise. */
export async function decoding<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof ConfabError) throw error;
    if (error instanceof Error && isOfSystem(error)) throw error;
    throw /exceeds pixel limit/i.test(String(error)) ? tooLarge() : corruptImage();
  }
}

const isOfSystem = (error: Error): boolean =>
  'code' in error ||
  /no space left|unable to open for write|input file is missing/i.test(error.message);
