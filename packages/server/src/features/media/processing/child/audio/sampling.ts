/** Of a waveform. */
export const PARTS = 64;
/** From this length on, only a sample of each part is decoded. */
export const SAMPLED_FROM_S = 15 * 60;
const SAMPLE_S = 1.5;

export interface Place {
  /** Seconds from the start. */
  readonly from: number;
  readonly seconds: number;
}

/** The middle of each part of a long recording. */
export function samplesOf(duration: number): Place[] {
  const part = duration / PARTS;
  const seconds = Math.min(SAMPLE_S, part);
  return Array.from({ length: PARTS }, (_, index) => ({
    from: index * part + (part - seconds) / 2,
    seconds,
  }));
}
