import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol/failure';
import type { Sharp } from 'sharp';
import type { AvatarFiles, ProcessRequest } from '../../processed';
import { decoding } from './limits';
import { openImage } from './open-image';

const LARGE = 512;
const SMALL = 96;

/**
 * Encoded anew, so that nothing of the file but its looks remains.
 * @throws ConfabError `corrupt_media`, `media_too_complex`, `unsupported_media_type`
 */
export async function makeAvatar(request: ProcessRequest): Promise<AvatarFiles> {
  if (request.recognised.mediaType !== 'image') throw notAnImage();
  const still = await (await openImage(request)).still();
  if (!still) throw notAnImage();
  const large = await decoding(() => square(still.clone(), LARGE, request.outputDir));
  const small = await decoding(() => square(still.clone(), SMALL, request.outputDir));
  return { large, small };
}

async function square(image: Sharp, side: number, outputDir: string): Promise<string> {
  const path = join(outputDir, `${randomUUID()}.webp`);
  await image
    .resize(side, side, { fit: 'cover', position: 'centre' })
    .webp({ quality: 82, effort: 4 })
    .toFile(path);
  return path;
}

const notAnImage = () =>
  new ConfabError(
    'unsupported_media_type',
    'An avatar is an image: JPEG, PNG, GIF, WebP, AVIF, HEIC',
  );
