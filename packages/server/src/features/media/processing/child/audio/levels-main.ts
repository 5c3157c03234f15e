/**
 * A process of its own: decodes sound where there is no ffmpeg, and writes its loudness as JSON to its
 * standard output. Arguments: path, media type, seconds (0 when unknown). Ends with 1 where that does
 * not work, as where the optional package @napi-rs/webcodecs is not installed and the sound is
 * compressed.
 */
import { type AudioSample, AudioSampleSink } from 'mediabunny';
import { systemClock } from '../../../../../lib/clock';
import { containerOf } from '../container/containers';
import { optional } from '../container/headers';
import { FOR_CONTENT, openContainer } from '../container/open-container';
import { LevelMeter, waveformOf } from './level-meter';
import { mono } from './mono';
import { PARTS, SAMPLED_FROM_S, samplesOf } from './sampling';
import type { Measured } from './waveform';

const LIMITS = { clock: systemClock, budget: FOR_CONTENT };

async function main([path = '', mimeType = '', seconds = '0']: string[]): Promise<void> {
  const container = containerOf(mimeType);
  if (!container) throw new Error(`No container is called ${mimeType}`);
  await optional(() => import('@napi-rs/webcodecs/polyfill'));
  const measured = await openContainer(path, container, LIMITS, async (input) => {
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw new Error('There is no sound');
    const sink = new AudioSampleSink(track);
    const duration = Number(seconds);
    return duration < SAMPLED_FROM_S ? await whole(sink) : await sampled(sink, duration);
  });
  await Bun.write(Bun.stdout, JSON.stringify(measured));
}

async function whole(sink: AudioSampleSink): Promise<Measured> {
  const { meter, seconds } = await metered(sink.samples());
  return { waveform: waveformOf(meter.levels(PARTS)), duration: seconds };
}

async function sampled(sink: AudioSampleSink, duration: number): Promise<Measured> {
  const levels: number[] = [];
  for (const { from, seconds } of samplesOf(duration)) {
    const { meter } = await metered(sink.samples(from, from + seconds));
    levels.push(meter.levels(1)[0] ?? 0);
  }
  return { waveform: waveformOf(levels), duration: null };
}

async function metered(
  samples: AsyncIterable<AudioSample>,
): Promise<{ meter: LevelMeter; seconds: number }> {
  const meter = new LevelMeter();
  let seconds = 0;
  for await (const sample of samples) {
    meter.add(mono(sample), 1);
    seconds += sample.duration;
    sample.close();
  }
  if (meter.samples === 0) throw new Error('There is no sound');
  return { meter, seconds };
}

process.exit(
  await main(process.argv.slice(2)).then(
    () => 0,
    () => 1,
  ),
);
