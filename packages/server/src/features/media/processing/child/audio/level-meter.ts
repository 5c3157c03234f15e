/** Even, so that neighbours can be merged in pairs. */
const WINDOWS = 4096;
const FIRST_WINDOW_SAMPLES = 32;
/** Below it (about −84 dB) a recording is silence, and its noise is not blown up to a waveform. */
const SILENCE = 2 ** -14;

/**
 * Measures loudness over time in constant memory, without knowing how long the sound will be: it
 * counts energy in windows, and whenever these run out, neighbours are merged and each covers twice
 * the time.
 */
export class LevelMeter {
  readonly #energy = new Float64Array(WINDOWS);
  #windows = 0;
  #windowSamples = FIRST_WINDOW_SAMPLES;
  #sum = 0;
  #count = 0;
  /** All that were added. */
  samples = 0;

  /** @param fullScale the value of a sample as loud as can be */
  add(samples: ArrayLike<number>, fullScale: number): void {
    for (let index = 0; index < samples.length; index += 1) {
      const value = (samples[index] ?? 0) / fullScale;
      // A file of floating point numbers may hold NaN and infinities.
      this.#sum += value >= -1 && value <= 1 ? value * value : Number(Math.abs(value) > 1);
      this.#count += 1;
      if (this.#count >= this.#windowSamples) this.#close();
    }
    this.samples += samples.length;
  }

  #close(): void {
    this.#energy[this.#windows] = this.#sum / this.#count;
    this.#windows += 1;
    this.#sum = 0;
    this.#count = 0;
    if (this.#windows === WINDOWS) this.#merge();
  }

  #merge(): void {
    const energy = this.#energy;
    for (let window = 0; window < WINDOWS / 2; window += 1) {
      energy[window] = ((energy[2 * window] ?? 0) + (energy[2 * window + 1] ?? 0)) / 2;
    }
    this.#windows = WINDOWS / 2;
    this.#windowSamples *= 2;
  }

  /** Effective values (RMS) of equal parts of the time, of full scale; empty when nothing was added. */
  levels(parts: number): number[] {
    if (this.#count > 0) this.#close();
    const windows = this.#windows;
    if (windows === 0) return [];
    return Array.from({ length: parts }, (_, part) => {
      const from = Math.floor((part * windows) / parts);
      const to = Math.max(from + 1, Math.floor(((part + 1) * windows) / parts));
      const energies = this.#energy.subarray(from, to);
      return Math.sqrt(energies.reduce((sum, energy) => sum + energy, 0) / (to - from));
    });
  }
}

/** The loudest is 100, so that a quiet voice shows its shape as well; silence is all 0. */
export function waveformOf(levels: readonly number[]): number[] {
  const loudest = Math.max(...levels);
  return levels.map((level) => (loudest > SILENCE ? Math.round((level / loudest) * 100) : 0));
}
