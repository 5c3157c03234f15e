import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FFMPEG = Bun.which('ffmpeg');

const SECONDS = 8;
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25'];
const MOVING = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10'];
const TONE = ['-f', 'lavfi', '-i', `sine=440:d=${SECONDS}`];
const FILM = [...MOVING, ...TONE, '-t', String(SECONDS), '-pix_fmt', 'yuv420p'];
const H264 = [...FILM, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'];
const STILL = [...PICTURE, '-frames:v', '1'];

/** Noise, which cannot be made small. */
const NOISE = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10,noise=alls=60:allf=t'];
const RATE = ['-b:v', '1600k', '-minrate', '1600k', '-maxrate', '1600k', '-bufsize', '800k'];

/** What ffmpeg is told for each, before the name of the file. */
const RECIPES = {
  'film.mp4': [...H264, '-c:a', 'aac', '-movflags', '+faststart'],
  'tail.mp4': [...H264, '-c:a', 'aac'],
  /** A minute, some 12 MB. */
  'long.mp4': [
    ...NOISE,
    ...['-t', '60', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'],
    ...RATE,
    ...['-movflags', '+faststart'],
  ],
  'film.mov': [...H264, '-c:a', 'aac'],
  'film.mkv': [...H264, '-c:a', 'libvorbis'],
  'film.webm': [
    ...FILM,
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-c:a',
    'libopus',
  ],
  'tone.mp3': [...TONE, '-c:a', 'libmp3lame', '-metadata', 'title=A tone'],
  'tone.ogg': [...TONE, '-c:a', 'libvorbis'],
  'tone.opus': [...TONE, '-c:a', 'libopus'],
  'tone.m4a': [...TONE, '-c:a', 'aac'],
  'tone.wav': TONE,
  'tone.flac': TONE,
  'tone.aac': [...TONE, '-c:a', 'aac'],
  'still.jpg': STILL,
  'still.png': STILL,
  'still.webp': [...STILL, '-c:v', 'libwebp'],
  'still.bmp': STILL,
  'still.tiff': STILL,
  'moving.gif': [...PICTURE, '-frames:v', '5'],
} as const;

export type MadeFile = keyof typeof RECIPES;
export { SECONDS as MADE_SECONDS };

/** Makes a file by ffmpeg, and gives its content. */
export async function made(folder: string, name: MadeFile): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, name);
  const options = ['-loglevel', 'error', '-nostdin', '-y'];
  // Encoders' threads wait for each other by turning in circles, for a minute on a busy machine.
  const calmly = ['-threads', '1'];
  const program = Bun.spawn([FFMPEG ?? 'ffmpeg', ...options, ...RECIPES[name], ...calmly, path], {
    stdout: 'ignore',
    stderr: 'pipe',
  });
  if ((await program.exited) !== 0) {
    throw new Error(`ffmpeg makes no ${name}: ${await new Response(program.stderr).text()}`);
  }
  return new Uint8Array(readFileSync(path));
}
