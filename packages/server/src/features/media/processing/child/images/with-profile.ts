import { deflateSync } from 'node:zlib';
import type { Sharp } from 'sharp';
import { encodedChunk, insertAfterHeader } from '../cleaning/png-chunks';
import { corruptImage } from './limits';
import { sharp } from './vips';

export interface Pixels {
  /** Four bytes a pixel: red, green, blue, alpha. */
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** No result needs more; smaller images are faster to wrap. */
const ENOUGH = 1024;
const PROFILE_HEAD = new Uint8Array([0x69, 0, 0]);

/** Decoded pixels, with what their numbers mean in colours: the library believes only what an image brings along. */
export async function withProfile(pixels: Pixels, profile: Uint8Array | undefined): Promise<Sharp> {
  const { data, width, height } = pixels;
  if (data.length !== width * height * 4) throw corruptImage();
  const raw = sharp(data, { raw: { width, height, channels: 4 } });
  const small = raw.resize(ENOUGH, ENOUGH, { fit: 'outside', withoutEnlargement: true });
  if (!profile) return sharp(await small.png({ compressionLevel: 0 }).toBuffer());
  const png = await small.png({ compressionLevel: 0 }).toBuffer();
  const chunk = encodedChunk('iCCP', Buffer.concat([PROFILE_HEAD, deflateSync(profile)]));
  return sharp(insertAfterHeader(png, chunk));
}
