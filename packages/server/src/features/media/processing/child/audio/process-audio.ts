import { nothingKnown, type Processed, type ProcessRequest } from '../../processed';
import { systemTools, type Tools } from '../bounded/tools';
import { type Container, containerOf } from '../container/containers';
import { type Contents, readContents } from '../container/contents';
import { plausibleSeconds } from '../container/headers';
import { thumbnailOf } from '../thumbnails/thumbnail';
import { measure } from './waveform';

/**
 * Duration, codec, tags, cover and waveform of a recording.
 * @throws ConfabError `corrupt_media`, `media_too_complex`
 */
export async function processAudio(
  request: ProcessRequest,
  tools: Tools = systemTools(),
): Promise<Processed> {
  const container = containerOf(request.recognised.mimeType);
  if (!container) return nothingKnown();
  const contents = await readContents(request, tools);
  return await processSound(request, container, contents, tools);
}

export async function processSound(
  { path, outputDir, recognised }: ProcessRequest,
  container: Container,
  contents: Contents,
  tools: Tools,
): Promise<Processed> {
  const { duration, sound, tags, cover } = contents;
  const { mimeType } = recognised;
  const recording = { path, mimeType, container, duration, cwd: outputDir };
  const measured = await measure(recording, tools);
  return {
    ...nothingKnown(),
    ...(await thumbnailOf(cover === null ? null : Buffer.from(cover, 'base64'), outputDir)),
    codec: sound?.codec ?? null,
    duration: duration ?? plausibleSeconds(measured?.duration ?? null),
    tags,
    waveform: measured?.waveform ?? null,
  };
}
