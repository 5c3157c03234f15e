import type { Metadata } from 'sharp';
import { type AnimatedPng, readAnimatedPng } from './animated-png';
import { checkSize, decoding } from './limits';
import type { OpenImage } from './open-image';
import { playPng } from './play-png';
import { READING, sharp } from './vips';

/** JPEG, PNG, WebP, GIF, AVIF and TIFF. */
export async function openWithVips(path: string): Promise<OpenImage> {
  const metadata = await decoding(() => sharp(path, READING).metadata());
  // Browsers heed no orientation in a WebP.
  const isTurned = metadata.format !== 'webp';
  const { width, height } = isTurned ? metadata.autoOrient : metadata;
  checkSize(width, height);
  if (metadata.format === 'gif') await checkScreen(path);
  const opened = () => sharp(path, READING);
  const still = async () => (isTurned ? opened().autoOrient() : opened());
  const png = metadata.format === 'png' ? readAnimatedPng(await Bun.file(path).bytes()) : undefined;
  const moving = png ? movingPng(png, metadata) : movingPages(path, metadata);
  return { width, height, still, ...moving };
}

/** Browsers make the whole screen that a GIF asks for, where vips makes do with its frames. */
async function checkScreen(path: string): Promise<void> {
  const head = new DataView(await Bun.file(path).slice(0, 10).arrayBuffer());
  const [width, height] = [head.getUint16(6, true), head.getUint16(8, true)];
  // Of no size, it is as large as its frames.
  checkSize(Math.max(1, width), Math.max(1, height));
}

type Moving = Pick<OpenImage, 'frames' | 'isAnimated' | 'animation'>;

function movingPng(png: AnimatedPng, { width, height, orientation = 1 }: Metadata): Moving {
  const moving = { frames: png.frames.length, isAnimated: png.frames.length > 1 };
  // No program makes moving PNGs that lie on their side.
  if (orientation !== 1) return moving;
  return { ...moving, animation: (side) => playPng(png, { width, height }, side) };
}

function movingPages(path: string, metadata: Metadata): Moving {
  const frames = framesOf(metadata);
  return {
    frames,
    isAnimated: frames > 1,
    // The number of pixels of all frames together is for whoever asks for them.
    animation: async () => sharp(path, { ...READING, animated: true, limitInputPixels: false }),
  };
}

/** Pages of a TIFF, and the images of an AVIF, follow each other in no time. */
const framesOf = ({ format, pages = 1 }: Metadata): number =>
  format === 'gif' || format === 'webp' ? pages : 1;
