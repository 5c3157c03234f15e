import type { Sharp } from 'sharp';
import type { ProcessRequest } from '../../processed';
import { openBitmap } from './open-bitmap';
import { openHeic } from './open-heic';
import { openWithVips } from './open-with-vips';

/** An image whose head was read and found within the limits. */
export interface OpenImage {
  /** As displayed. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly isAnimated: boolean;
  /** The first frame, upright. Undefined when only the size is known. */
  still(): Promise<Sharp | undefined>;
  /** All frames, if they can be read; perhaps as small as `side` on the longer side already. */
  readonly animation?: (side: number) => Promise<Sharp>;
}

/** @throws ConfabError `corrupt_media`, `media_too_complex` */
export function openImage({ path, recognised }: ProcessRequest): Promise<OpenImage> {
  switch (recognised.mimeType) {
    case 'image/heic':
      return openHeic(path);
    case 'image/bmp':
      return openBitmap(path);
    default:
      return openWithVips(path);
  }
}
