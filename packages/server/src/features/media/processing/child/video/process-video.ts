import { nothingKnown, type Processed, type ProcessRequest } from '../../processed';
import { processSound } from '../audio/process-audio';
import { systemTools, type Tools } from '../bounded/tools';
import { readAvi } from '../container/avi';
import { containerOf } from '../container/containers';
import { readContents } from '../container/contents';
import { thumbnailOf } from '../thumbnails/thumbnail';
import { posterOf } from './poster';

/**
 * Size, duration, codec and a poster of a video. A recording of sound alone in a video's container,
 * as browsers make them, is processed as what it is.
 * @throws ConfabError `corrupt_media`, `media_too_complex`
 */
export async function processVideo(
  request: ProcessRequest,
  tools: Tools = systemTools(),
): Promise<Processed> {
  const { path, outputDir, recognised } = request;
  const container = containerOf(recognised.mimeType);
  if (!container) return nothingKnown();
  const { mimeType } = recognised;
  const isAvi = container.demuxer === 'avi';
  const contents = isAvi
    ? { ...(await readAvi(path)), tags: null, cover: null }
    : await readContents(request, tools);
  const { picture, duration } = contents;
  if (!picture) {
    return isAvi ? nothingKnown() : await processSound(request, container, contents, tools);
  }
  const film = { path, mimeType, container, picture, duration, cwd: outputDir };
  const poster = await posterOf(film, tools);
  return {
    ...nothingKnown(),
    ...picture,
    duration,
    ...(await thumbnailOf(poster, outputDir)),
  };
}
