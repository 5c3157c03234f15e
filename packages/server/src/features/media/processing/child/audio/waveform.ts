import { FFMPEG_BOUNDS, ffmpegCommand } from '../bounded/ffmpeg';
import { HELPER_BOUNDS, helper } from '../bounded/helper';
import { type Command, endedWell, outputOf, runBounded } from '../bounded/run-bounded';
import type { Tools } from '../bounded/tools';
import type { Container } from '../container/containers';
import { LevelMeter, waveformOf } from './level-meter';
import { PARTS, type Place, SAMPLED_FROM_S, samplesOf } from './sampling';

export interface Recording {
  readonly path: string;
  readonly mimeType: string;
  readonly container: Container;
  /** Seconds, where the headers tell. */
  readonly duration: number | null;
  readonly cwd: string;
}

export interface Measured {
  readonly waveform: number[];
  /** Seconds that were decoded; null when only samples of it were. */
  readonly duration: number | null;
}

/** Of ffmpeg's output; loudness needs no more. */
const RATE = 8000;
const FULL_SCALE = 32_768;
/** What a recording may take that does not say how long it is. */
const BOUNDS = { ...FFMPEG_BOUNDS, outputBytes: 12 * 3600 * RATE * 2 };
const PATIENCE_MS = 20_000;
/** Samples that one process takes: starting it costs more than they do. */
const SAMPLES_AT_ONCE = 8;

/**
 * Loudness over time: the effective value (RMS) of each of 64 equal parts. Peaks would be cheaper to
 * sample but in music they are at full scale everywhere, and one click sets the scale of a whole voice
 * message; RMS is what an ear hears. Null where no decoder can tell.
 */
export async function measure(recording: Recording, tools: Tools): Promise<Measured | null> {
  const { ffmpeg } = tools;
  if (!ffmpeg) return await byHelper(recording, tools);
  const { duration } = recording;
  if (duration === null || duration < SAMPLED_FROM_S) return await whole(ffmpeg, recording, tools);
  return await sampled(ffmpeg, recording, duration, tools);
}

async function whole(ffmpeg: string, recording: Recording, tools: Tools): Promise<Measured | null> {
  const { path, container, cwd } = recording;
  const input = { path, container, options: [] };
  const mono = ['-map', '0:a:0', '-ac', '1', '-ar', String(RATE)];
  const command = ffmpegCommand(ffmpeg, [input], [...mono, ...RAW], cwd);
  const meter = new LevelMeter();
  const take = wholeSamples((samples) => meter.add(samples, FULL_SCALE));
  const ending = await runBounded(command, BOUNDS, tools, take);
  if (!endedWell(ending) || meter.samples === 0) return null;
  return { waveform: waveformOf(meter.levels(PARTS)), duration: meter.samples / RATE };
}

const RAW = ['-vn', '-sn', '-dn', '-threads', '1', '-f', 's16le'];

/** A short sample of each part, so that hours cost no more than minutes. */
async function sampled(
  ffmpeg: string,
  recording: Recording,
  duration: number,
  tools: Tools,
): Promise<Measured | null> {
  const places = samplesOf(duration);
  const levels: number[] = [];
  const end = tools.clock.now() + PATIENCE_MS;
  for (let first = 0; first < PARTS; first += SAMPLES_AT_ONCE) {
    if (tools.clock.now() > end) return null;
    const some = places.slice(first, first + SAMPLES_AT_ONCE);
    const command = samplesCommand(ffmpeg, recording, some);
    const { ending, output } = await outputOf(command, FFMPEG_BOUNDS, tools);
    if (!endedWell(ending)) return null;
    levels.push(...levelsOf(output, some.length));
  }
  return { waveform: waveformOf(levels), duration: null };
}

/** All samples one after the other, each filled up to the same length where the sound ends early. */
function samplesCommand(
  ffmpeg: string,
  { path, container, cwd }: Recording,
  places: readonly Place[],
): Command {
  const inputs = places.map(({ from, seconds }) => ({
    path,
    container,
    options: ['-fflags', '+fastseek', '-ss', from.toFixed(3), '-t', seconds.toFixed(3)],
  }));
  const filled = places.map(({ seconds }, index) => {
    const length = Math.round(seconds * RATE);
    const format = `aresample=${RATE},aformat=sample_fmts=s16:channel_layouts=mono`;
    return `[${index}:a:0]${format},apad=whole_len=${length},atrim=end_sample=${length}[s${index}]`;
  });
  const names = places.map((_, index) => `[s${index}]`).join('');
  const graph = [...filled, `${names}concat=n=${places.length}:v=0:a=1[all]`].join(';');
  const output = ['-filter_complex_threads', '1', '-filter_complex', graph, '-map', '[all]'];
  return ffmpegCommand(ffmpeg, inputs, [...output, ...RAW], cwd);
}

function levelsOf(output: Uint8Array, parts: number): number[] {
  const length = Math.floor(output.length / 2 / parts);
  const samples = new Int16Array(output.slice().buffer, 0, Math.floor(output.length / 2));
  return Array.from({ length: parts }, (_, part) => {
    const meter = new LevelMeter();
    meter.add(samples.subarray(part * length, (part + 1) * length), FULL_SCALE);
    return meter.levels(1)[0] ?? 0;
  });
}

/** A pipe cuts where it likes, through the middle of samples too. */
function wholeSamples(take: (samples: Int16Array) => void): (chunk: Uint8Array) => void {
  let rest = new Uint8Array();
  return (chunk) => {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const even = bytes.length - (bytes.length % 2);
    rest = bytes.slice(even);
    take(new Int16Array(bytes.buffer, 0, even / 2));
  };
}

/** Decoding by @napi-rs/webcodecs where it is installed; what is not compressed needs no decoder. */
async function byHelper(recording: Recording, tools: Tools): Promise<Measured | null> {
  const { path, mimeType, duration, cwd } = recording;
  const entry = new URL('./levels-main.ts', import.meta.url);
  const command = helper(entry, [path, mimeType, String(duration ?? 0)], cwd);
  const { ending, output } = await outputOf(command, HELPER_BOUNDS, tools);
  return endedWell(ending) ? (JSON.parse(Buffer.from(output).toString()) as Measured) : null;
}
