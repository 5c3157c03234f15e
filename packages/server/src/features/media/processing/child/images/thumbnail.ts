import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import type { Thumbnail } from '../../processed';
import { decoding, MAX_PIXELS } from './limits';
import type { OpenImage } from './open-image';

/** Longest side, in pixels. */
export const THUMBNAIL_SIDE = 480;
const MAX_FRAMES = 1_000;
/** Pixels of all frames of a moving thumbnail; encoding more takes longer than anybody waits. */
const MAX_ENCODED_PIXELS = 30_000_000;
/** A moving thumbnail that weighs more than this is worse than one that stands still. */
const MAX_MOVING_BYTES = 1024 * 1024;
const STILL = { quality: 78, effort: 4 } as const;
const MOVING = { quality: 60, effort: 1 } as const;

/** WebP, never larger than the image itself. Null when the image cannot be decoded, though its size is known. */
export async function makeThumbnail(
  image: OpenImage,
  outputDir: string,
): Promise<Thumbnail | null> {
  return (await movingThumbnail(image, outputDir)) ?? (await stillThumbnail(image, outputDir));
}

async function stillThumbnail(image: OpenImage, outputDir: string): Promise<Thumbnail | null> {
  const still = await image.still();
  return still ? writeStill(still, outputDir) : null;
}

export const writeStill = (image: Sharp, outputDir: string): Promise<Thumbnail> =>
  decoding(() => write(image, STILL, outputDir));

/** A still one does as well when the frames are too many, too heavy or damaged. */
async function movingThumbnail(image: OpenImage, outputDir: string): Promise<Thumbnail | null> {
  const { animation } = image;
  if (!animation || !mayMove(image)) return null;
  const thumbnail = await animation(THUMBNAIL_SIDE)
    .then((moving) => write(moving, MOVING, outputDir))
    .catch(() => null);
  if (!thumbnail) return null;
  return (await stat(thumbnail.path)).size <= MAX_MOVING_BYTES ? thumbnail : null;
}

function mayMove({ width, height, frames }: OpenImage): boolean {
  const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(width, height));
  return (
    frames > 1 &&
    frames <= MAX_FRAMES &&
    frames * width * height <= MAX_PIXELS &&
    frames * width * height * scale * scale <= MAX_ENCODED_PIXELS
  );
}

async function write(
  image: Sharp,
  quality: { quality: number; effort: number },
  outputDir: string,
): Promise<Thumbnail> {
  const path = join(outputDir, `${randomUUID()}.webp`);
  const { width, height, pageHeight } = await image
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp(quality)
    .toFile(path);
  return { path, mimeType: 'image/webp', width, height: pageHeight ?? height };
}
