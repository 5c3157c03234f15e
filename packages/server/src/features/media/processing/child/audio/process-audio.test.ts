import { describe, expect, test } from 'bun:test';
import { basename } from 'node:path';
import { fixture } from '../../../testing/fixtures';
import {
  DECODERS,
  outcomeOf,
  requestFor,
  Scratch,
  TOOLS,
  WITHOUT_FFMPEG,
} from '../../../testing/processing';
import { processAudio } from './process-audio';

const all = { title: 'Evening walk', artist: 'Ada Byron', album: 'Field notes' };
const { title, artist, album } = all;
const RECORDINGS = [
  ['tags-cover.mp3', 'audio/mpeg', 'mp3', 2.088, all],
  ['tags-cover.m4a', 'audio/mp4', 'aac', 2, all],
  ['opus.ogg', 'audio/ogg', 'opus', 2, { title, artist }],
  ['pcm.wav', 'audio/wav', 'pcm-s16', 2, { title }],
  ['flac.flac', 'audio/flac', 'flac', 2, { title, album }],
  ['voice.webm', 'audio/webm', 'opus', 2.008, null],
  ['aac.aac', 'audio/aac', 'aac', 2.027, null],
] as const;

/** The source grows evenly from silence to its loudest. */
function expectGrowing(waveform: number[] | null) {
  expect(waveform).toHaveLength(64);
  expect(Math.max(...(waveform ?? []))).toBe(100);
  for (const part of [8, 24, 40, 56]) {
    expect(waveform?.[part]).toBeGreaterThan((part / 64) * 100 - 8);
    expect(waveform?.[part]).toBeLessThan((part / 64) * 100 + 10);
  }
}

describe.each(DECODERS)('a recording decoded by $by', ({ tools, missing }) => {
  test.skipIf(missing).each(RECORDINGS)('%s', async (name, mimeType, codec, duration, tags) => {
    using scratch = new Scratch();
    const path = fixture(`av/${name}`);
    const result = await processAudio(requestFor(path, mimeType, scratch.output), tools);
    expect(result).toMatchObject({ codec, duration, tags, width: null, height: null });
    expectGrowing(result.waveform);
  });
});

test.skipIf(TOOLS.ffmpeg === null)('Ogg Vorbis has tags and a waveform', async () => {
  using scratch = new Scratch();
  const vorbis = requestFor(fixture('av/vorbis.ogg'), 'audio/ogg', scratch.output);
  const result = await processAudio(vorbis, TOOLS);
  expect(result).toMatchObject({ codec: 'vorbis', duration: 2, tags: { title } });
  expectGrowing(result.waveform);
});

test('the cover becomes the thumbnail', async () => {
  using scratch = new Scratch();
  const song = requestFor(fixture('av/tags-cover.mp3'), 'audio/mpeg', scratch.output);
  const { thumbnail, thumbhash } = await processAudio(song, TOOLS);
  expect(thumbnail).toMatchObject({ mimeType: 'image/webp', width: 64, height: 64 });
  expect(thumbhash).not.toBeNull();
  expect(scratch.results()).toEqual([basename(thumbnail?.path ?? '')]);
});

describe.each([
  ['with ffmpeg', TOOLS, TOOLS.ffmpeg === null],
  ['without', WITHOUT_FFMPEG, false],
] as const)('a recording of twenty minutes, %s', (_name, tools, missing) => {
  test.skipIf(missing)('is measured by samples', async () => {
    using scratch = new Scratch();
    const path = await scratch.file('long.wav', growingWave(20 * 60));
    const result = await processAudio(requestFor(path, 'audio/wav', scratch.output), tools);
    expect(result.duration).toBe(1200);
    expectGrowing(result.waveform);
  });
});

/** 8-bit mono at 4 kHz: a square wave that grows from silence to full scale. */
function growingWave(seconds: number): Uint8Array {
  const rate = 4000;
  const wave = Buffer.alloc(44 + seconds * rate);
  wave.write('RIFF', 0, 'latin1');
  wave.writeUInt32LE(wave.length - 8, 4);
  wave.write('WAVEfmt ', 8, 'latin1');
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(rate, 24);
  wave.writeUInt32LE(rate, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write('data', 36, 'latin1');
  wave.writeUInt32LE(seconds * rate, 40);
  for (let at = 0; at < seconds * rate; at += 1) {
    const loudness = (127 * at) / (seconds * rate);
    wave[44 + at] = 128 + Math.round(at % 20 < 10 ? loudness : -loudness);
  }
  return wave;
}

test('a recording that no decoder reads has no waveform, and is none the worse', async () => {
  using scratch = new Scratch();
  const song = requestFor(fixture('av/tags-cover.m4a'), 'audio/mp4', scratch.output);
  const result = await processAudio(song, { ...TOOLS, ffmpeg: '/bin/false' });
  expect(result).toMatchObject({ codec: 'aac', duration: 2, waveform: null });
});

test.each([
  ['audio/mpeg', ''],
  ['audio/wav', 'RIFF'],
  ['audio/ogg', 'OggS'],
  ['audio/flac', 'fLaC'],
  ['audio/mp4', 'anything'],
])('%s without any content is damaged', async (mimeType, content) => {
  using scratch = new Scratch();
  const path = await scratch.file('recording', content);
  const work = processAudio(requestFor(path, mimeType, scratch.output), TOOLS);
  expect(await outcomeOf(work)).toBe('corrupt_media');
});
