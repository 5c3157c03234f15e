import { nothingKnown, type Processed, type ProcessRequest } from '../../processed';
import { openImage } from './open-image';
import { thumbhashOf } from './thumbhash';
import { makeThumbnail } from './thumbnail';

/** @throws ConfabError `corrupt_media`, `media_too_complex` */
export async function processImage(request: ProcessRequest): Promise<Processed> {
  const image = await openImage(request);
  const { width, height, isAnimated } = image;
  const thumbnail = await makeThumbnail(image, request.outputDir);
  const thumbhash = thumbnail && (await thumbhashOf(thumbnail.path));
  return { ...nothingKnown(), width, height, isAnimated, thumbnail, thumbhash };
}
