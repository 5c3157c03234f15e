import { ConfabError } from '@confab/protocol/failure';
import type { Processed } from '../../processed';
import { thumbhashOf } from '../images/thumbhash';
import { THUMBNAIL_SIDE, writeStill } from '../images/thumbnail';
import { READING, sharp } from '../images/vips';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Thumbnailed = Pick<Processed, 'thumbnail' | 'thumbhash'>;
const NO_THUMBNAIL: Thumbnailed = { thumbnail: null, thumbhash: null };

/**
 * A picture that was found in a file, such as a cover or a frame, as its thumbnail. A missing or
 * broken picture is no fault of the file: it gets none.
 */
export async function thumbnailOf(
  picture: Uint8Array | null,
  outputDir: string,
): Promise<Thumbnailed> {
  if (!picture) return NO_THUMBNAIL;
  try {
    const thumbnail = await writeStill(sharp(picture, READING).autoOrient(), outputDir);
    return { thumbnail, thumbhash: await thumbhashOf(thumbnail.path) };
  } catch (error) {
    if (error instanceof ConfabError) return NO_THUMBNAIL;
    throw error;
  }
}

/** The size of a picture within a thumbnail's, never enlarged. */
export function fitted({ width, height }: Size): Size {
  const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
