import { FFMPEG_BOUNDS, ffmpegCommand } from '../bounded/ffmpeg';
import { HELPER_BOUNDS, helper } from '../bounded/helper';
import { type Command, endedWell, outputOf } from '../bounded/run-bounded';
import type { Tools } from '../bounded/tools';
import type { Container } from '../container/containers';
import type { Picture } from '../container/headers';
import { fitted } from '../thumbnails/thumbnail';

export interface Film {
  readonly path: string;
  readonly mimeType: string;
  readonly container: Container;
  readonly picture: Picture;
  readonly duration: number | null;
  /** An empty folder to work in. */
  readonly cwd: string;
}

/**
 * A frame from near the start, as PNG no larger than a thumbnail; null where no decoder has one. The
 * very first frame is often black, hence another if it can be had.
 */
export async function posterOf(film: Film, tools: Tools): Promise<Uint8Array | null> {
  const at = Math.min(1, (film.duration ?? 0) / 10);
  if (!tools.ffmpeg) {
    if (film.container.formats.length === 0) return null;
    return await frame(helperCommand(film, at), HELPER_BOUNDS, tools);
  }
  const later = await frame(ffmpegFrame(tools.ffmpeg, film, at), FFMPEG_BOUNDS, tools);
  if (later || at === 0) return later;
  return await frame(ffmpegFrame(tools.ffmpeg, film, 0), FFMPEG_BOUNDS, tools);
}

async function frame(
  command: Command,
  bounds: typeof FFMPEG_BOUNDS,
  tools: Tools,
): Promise<Uint8Array | null> {
  const { ending, output } = await outputOf(command, bounds, tools);
  return endedWell(ending) && output.length > 0 ? output : null;
}

function ffmpegFrame(ffmpeg: string, film: Film, at: number): Command {
  const { path, container, picture, cwd } = film;
  const { width, height } = fitted(picture);
  const only = ['-map', '0:V:0', '-an', '-sn', '-dn', '-frames:v', '1'];
  const scaled = ['-vf', `scale=${width}:${height}:flags=area,setsar=1`, '-filter_threads', '1'];
  const png = ['-threads', '1', '-c:v', 'png', '-f', 'image2pipe'];
  const options = ['-ss', at.toFixed(3)];
  return ffmpegCommand(ffmpeg, [{ path, container, options }], [...only, ...scaled, ...png], cwd);
}

function helperCommand({ path, mimeType, cwd }: Film, at: number): Command {
  return helper(new URL('./frame-main.ts', import.meta.url), [path, mimeType, String(at)], cwd);
}
