import { open } from 'node:fs/promises';
import { ConfabError } from '@confab/protocol/failure';
import { type Headers, mustBeShowable, type Picture, plausibleSeconds } from './headers';

/** Headers stand at the beginning, each stream's with room for its index. */
const READ_BYTES = 1024 * 1024;
const LISTS = new Set(['RIFF', 'LIST']);
const STREAM_HEADER_BYTES = 36;
const FORMAT_BYTES = 20;
const CODECS: Readonly<Record<string, string>> = {
  ...{ h264: 'avc', x264: 'avc', avc1: 'avc', hevc: 'hevc', hvc1: 'hevc' },
  ...{ vp80: 'vp8', vp90: 'vp9', av01: 'av1', mjpg: 'mjpeg' },
  ...{ fmp4: 'mpeg4', xvid: 'mpeg4', divx: 'mpeg4', dx50: 'mpeg4', mp4v: 'mpeg4' },
};

interface Chunk {
  /** Of a list: the kind of list. */
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * What the headers of an AVI say: its picture as it is displayed, which is never turned.
 * @throws ConfabError `corrupt_media`, `media_too_complex`
 */
export async function readAvi(path: string): Promise<Headers> {
  const [riff] = [...chunksIn(await startOf(path))];
  const headers = riff?.type === 'AVI ' ? chunkOf(riff.body, 'hdrl') : undefined;
  if (!headers) throw new ConfabError('corrupt_media', 'This file is damaged: it cannot be played');
  for (const { type, body } of chunksIn(headers)) {
    const picture = type === 'strl' ? pictureOf(body) : undefined;
    if (picture) return { picture, sound: null, duration: durationOf(body) };
  }
  return { picture: null, sound: null, duration: null };
}

async function startOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(READ_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Those beside each other; the last one may be cut. */
function* chunksIn(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const name = textAt(bytes, at);
    const length = view.getUint32(at + 4, true);
    const body = bytes.subarray(at + 8, at + 8 + length);
    yield LISTS.has(name)
      ? { type: textAt(body, 0), body: body.subarray(4) }
      : { type: name, body };
    at += 8 + length + (length % 2);
  }
}

const chunkOf = (bytes: Uint8Array, wanted: string): Uint8Array | undefined =>
  [...chunksIn(bytes)].find(({ type }) => type === wanted)?.body;

/** Of a stream that has one. */
function pictureOf(stream: Uint8Array): Picture | undefined {
  const header = chunkOf(stream, 'strh');
  const format = chunkOf(stream, 'strf');
  if (!header || !format || textAt(header, 0) !== 'vids' || format.length < FORMAT_BYTES) return;
  const view = viewOf(format);
  const width = view.getInt32(4, true);
  // Negative: its rows are from top to bottom.
  const height = Math.abs(view.getInt32(8, true));
  mustBeShowable(width, height);
  const codec = CODECS[textAt(format, 16).toLowerCase()] ?? null;
  return { width, height, rotation: 0, codec };
}

function durationOf(stream: Uint8Array): number | null {
  const header = chunkOf(stream, 'strh');
  if (!header || header.length < STREAM_HEADER_BYTES) return null;
  const view = viewOf(header);
  const [scale, rate, frames] = [20, 24, 32].map((at) => view.getUint32(at, true));
  return plausibleSeconds(((frames ?? 0) * (scale ?? 0)) / (rate ?? 0));
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const textAt = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
