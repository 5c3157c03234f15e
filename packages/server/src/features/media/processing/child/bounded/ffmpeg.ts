import type { Container } from '../container/containers';
import type { Bounds, Command } from './run-bounded';

const MIB = 1024 * 1024;

/**
 * Decoders of formats that people exchange. ffmpeg has hundreds more, seldom fuzzed, that a file could
 * choose. Where a decoder is not built in, its name does no harm.
 */
const DECODERS = [
  'h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg,prores',
  'aac,mp3float,mp3,opus,libopus,vorbis,flac,alac,pcm_alaw,pcm_mulaw',
  'pcm_s8,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be',
  'pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be',
].join(',');

export interface FfmpegInput {
  readonly path: string;
  readonly container: Container;
  /** As `-ss`: where to begin and such. */
  readonly options: readonly string[];
}

/** Each input by a named demuxer, local files only: a playlist that calls itself video is not followed. */
export function ffmpegCommand(
  ffmpeg: string,
  inputs: readonly FfmpegInput[],
  output: readonly string[],
  cwd: string,
): Command {
  const general = ['-hide_banner', '-nostdin', '-loglevel', 'quiet'];
  return { argv: [ffmpeg, ...general, ...inputs.flatMap(source), ...output, 'pipe:1'], cwd };
}

function source({ path, container, options }: FfmpegInput): string[] {
  const narrow = ['-protocol_whitelist', 'file,pipe', '-codec_whitelist', DECODERS];
  return ['-threads', '1', ...narrow, '-f', container.demuxer, ...options, '-i', `file:${path}`];
}

export const FFMPEG_BOUNDS: Bounds = {
  seconds: 15,
  residentBytes: 768 * MIB,
  addressBytes: 1024 * MIB,
  outputBytes: 8 * MIB,
};
