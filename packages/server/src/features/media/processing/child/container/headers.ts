import { ConfabError } from '@confab/protocol/failure';
import type { Input, InputAudioTrack, InputVideoTrack } from 'mediabunny';

/** What a container's headers say of its picture, as displayed. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
  readonly codec: string | null;
}

export interface Sound {
  readonly codec: string | null;
}

export interface Headers {
  readonly picture: Picture | null;
  readonly sound: Sound | null;
  /** Seconds; null when the file does not tell at little cost. */
  readonly duration: number | null;
}

const MAX_SIDE = 16_384;
const MAX_PIXELS = 100_000_000;
/** A year: beyond it a duration is a lie. */
const MAX_SECONDS = 366 * 86_400;

/** @throws ConfabError `media_too_complex` for pictures that nobody could display, `corrupt_media` without any track */
export async function readHeaders(input: Input): Promise<Headers> {
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  if (!video && !audio) {
    throw new ConfabError('corrupt_media', 'This file holds neither pictures nor sound');
  }
  return {
    picture: video && (await readPicture(video)),
    sound: audio && (await readSound(audio)),
    duration: await readDuration(input),
  };
}

async function readPicture(track: InputVideoTrack): Promise<Picture> {
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const coded = (await track.getCodedWidth()) * (await track.getCodedHeight());
  mustBeShowable(width, height, coded);
  return {
    width: Math.round(width),
    height: Math.round(height),
    rotation: await track.getRotation(),
    codec: await track.getCodec(),
  };
}

/** @throws ConfabError `media_too_complex` for pictures that nobody could display, `corrupt_media` */
export function mustBeShowable(width: number, height: number, coded = 0): void {
  if (!(width >= 1 && height >= 1)) {
    throw new ConfabError('corrupt_media', 'This file is damaged: its picture has no size');
  }
  if (Math.max(width, height) > MAX_SIDE || Math.max(width * height, coded) > MAX_PIXELS) {
    throw new ConfabError('media_too_complex', `A video may be ${MAX_SIDE} pixels wide and high`);
  }
}

const readSound = async (track: InputAudioTrack): Promise<Sound> => ({
  codec: await track.getCodec(),
});

/** What the headers say, else what the last packets say: recordings of a browser have no duration in their headers. */
async function readDuration(input: Input): Promise<number | null> {
  const stated = await optional(() => input.getDurationFromMetadata());
  return plausibleSeconds(stated || (await optional(() => input.computeDuration())));
}

/** Milliseconds exactly; null for what is no duration of a file. */
export function plausibleSeconds(seconds: number | null): number | null {
  if (seconds === null || !(seconds > 0 && seconds < MAX_SECONDS)) return null;
  return Math.round(seconds * 1000) / 1000;
}

/** For what a file can do without: null where its reading fails. */
export async function optional<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
