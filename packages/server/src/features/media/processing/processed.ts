export type MediaType = 'image' | 'video' | 'audio' | 'document' | 'other';

/** What a file is by its content, whatever its sender said. Plain data: it crosses to the processing child. */
export interface Recognised {
  readonly mimeType: string;
  readonly mediaType: MediaType;
  /** Without the dot. */
  readonly extension: string;
}

/** What became known of a file. */
export interface Processed {
  /** As displayed: orientation and rotation are applied. */
  width: number | null;
  height: number | null;
  rotation: 0 | 90 | 180 | 270 | null;
  /** Seconds. */
  duration: number | null;
  /** `avc`, `vp9`, `opus`, `mp3` … */
  codec: string | null;
  /** Each at most 200 characters. */
  tags: { title?: string; artist?: string; album?: string } | null;
  isAnimated: boolean;
  /** Base64. */
  thumbhash: string | null;
  /** Loudness over time, 64 integers from 0 to 100; audio only. */
  waveform: number[] | null;
  thumbnail: Thumbnail | null;
}

export interface Thumbnail {
  /** A file in the request's `outputDir`. */
  path: string;
  mimeType: 'image/webp';
  width: number;
  height: number;
}

export interface ProcessRequest {
  readonly path: string;
  readonly recognised: Recognised;
  /** Results are written here. Whoever asks makes the folder, and empties it whatever becomes of the request. */
  readonly outputDir: string;
  /** Whose file it is: requests of several owners take turns. */
  readonly owner?: number;
}

/** The two sizes of an avatar: paths in the request's `outputDir`. */
export interface AvatarFiles {
  large: string;
  small: string;
}

export const nothingKnown = (): Processed => ({
  width: null,
  height: null,
  rotation: null,
  duration: null,
  codec: null,
  tags: null,
  isAnimated: false,
  thumbhash: null,
  waveform: null,
  thumbnail: null,
});
