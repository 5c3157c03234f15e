import { expect, test } from 'bun:test';
import { LevelMeter, waveformOf } from './level-meter';

function metered(samples: ArrayLike<number>, fullScale = 1): LevelMeter {
  const meter = new LevelMeter();
  meter.add(samples, fullScale);
  return meter;
}

const tone = (length: number, loudness: (at: number) => number) =>
  Float32Array.from({ length }, (_, at) => (at % 2 ? 1 : -1) * loudness(at));

test('levels are effective values of full scale', () => {
  expect(metered(new Int16Array(1000).fill(16_384), 32_768).levels(4)).toEqual([
    0.5, 0.5, 0.5, 0.5,
  ]);
});

test('nothing at all has no levels, a single sample fills all parts', () => {
  expect(metered([]).levels(4)).toEqual([]);
  expect(metered([0.25]).levels(4)).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test('however long a sound is, its shape stays: windows merge', () => {
  const length = 32 * 4096 * 5 + 17;
  const levels = metered(tone(length, (at) => (at < length / 2 ? 0.2 : 0.8))).levels(64);
  expect(levels[0]).toBeCloseTo(0.2);
  expect(levels[30]).toBeCloseTo(0.2);
  expect(levels[33]).toBeCloseTo(0.8);
  expect(levels[63]).toBeCloseTo(0.8);
});

test('it makes no difference in which pieces sound arrives', () => {
  const sound = tone(10_000, (at) => at / 10_000);
  const meter = new LevelMeter();
  for (let at = 0; at < sound.length; at += 77) meter.add(sound.subarray(at, at + 77), 1);
  expect(meter.samples).toBe(10_000);
  expect(meter.levels(64)).toEqual(metered(sound).levels(64));
});

test('what is no number counts as silence, what is beyond full scale as full scale', () => {
  const levels = metered(Float32Array.of(Number.NaN, Infinity, -Infinity, 7)).levels(1);
  expect(levels[0]).toBeCloseTo(Math.sqrt(3 / 4));
});

test('a quiet voice fills the waveform as a loud one does; silence stays silent', () => {
  expect(waveformOf([0.01, 0.02])).toEqual([50, 100]);
  expect(waveformOf([0.00001, 0.00002])).toEqual([0, 0]);
});
