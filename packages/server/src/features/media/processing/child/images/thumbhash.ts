import { rgbaToThumbHash } from 'thumbhash';
import { decoding } from './limits';
import { READING, sharp } from './vips';

/** The algorithm takes no larger ones, and sees no difference. */
const MAX_SIDE = 100;

/** A placeholder of some 25 bytes for an image file, in Base64. */
export async function thumbhashOf(path: string): Promise<string> {
  const { data, info } = await decoding(() =>
    sharp(path, READING)
      .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
