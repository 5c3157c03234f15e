import type { Bench } from './bench';

export interface Outcome {
  /** What was asked for, in words. */
  target: string;
  measured: string;
  met: boolean;
}

export interface Table {
  head: string[];
  /** Words rather than figures, so aligned to the left. */
  words?: boolean;
  rows: string[][];
}

export interface Section {
  title: string;
  /** What was done and how it was counted. */
  about: string;
  tables: Table[];
  outcomes: Outcome[];
}

export interface Scenario {
  name: string;
  run(bench: Bench): Promise<Section>;
}

export const atLeast = (target: string, value: number, wanted: number, unit = ''): Outcome => ({
  target,
  measured: `${figure(value)}${unit}`,
  met: value >= wanted,
});

export const atMost = (target: string, value: number, wanted: number, unit = ''): Outcome => ({
  target,
  measured: `${figure(value)}${unit}`,
  met: value <= wanted,
});

/** Three significant digits; thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

export const share = (value: number): string => `${Math.round(value * 100)} %`;
