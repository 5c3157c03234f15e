import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { colourProfileOf } from '../iso/colour-profile';
import { checkSize, corruptImage, decoding } from './limits';
import type { OpenImage } from './open-image';
import { withProfile } from './with-profile';

/** The decoder knows fewer brands than there are; this one stands for all. */
const COMMON_BRAND = new TextEncoder().encode('mif1');

/** HEIC by libheif in WebAssembly: loaded only when such an image comes. It applies rotations and grids itself. */
export async function openHeic(path: string): Promise<OpenImage> {
  const bytes = new Uint8Array(await readFile(path));
  const profile = colourProfileOf(bytes);
  bytes.set(COMMON_BRAND, 8);
  const { default: heicDecode } = await import('heic-decode');
  const images = await decoding(() => heicDecode.all({ buffer: bytes }));
  const [image] = images;
  if (!image) throw corruptImage();
  const { width, height } = image;
  checkSize(width, height);
  const still = async (): Promise<Sharp> => {
    const { data } = await decoding(() => image.decode());
    return withProfile({ data, width, height }, profile);
  };
  return { width, height, frames: 1, isAnimated: false, still };
}
