import type { Media } from '@confab/protocol';
import type { Progress } from '../index';
import { plainLine } from './plain-text';

/** A file in a few words: its name, kind, size, and how large or long it is. */
export function fileWords(file: Media): string {
  const { is_voice, original_filename, mime_type, file_size, width, height, duration } = file;
  const facts = [
    is_voice ? 'voice message' : plainLine(original_filename),
    plainLine(mime_type),
    sizeWords(file_size),
    width !== null && height !== null ? `${width}×${height}` : '',
    duration !== null ? durationWords(duration) : '',
  ];
  return `[${facts.filter((fact) => fact !== '').join(' · ')}]`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function sizeWords(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

/** As players show it: 0:07, 12:34, 1:02:03. */
export function durationWords(seconds: number): string {
  const whole = Math.round(seconds);
  const twoDigits = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const end = twoDigits(whole % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${end}` : `${minutes}:${end}`;
}

export function progressWords(what: string, { bytes, total }: Progress): string {
  const percent = total === 0 ? 100 : Math.floor((100 * bytes) / total);
  return `${what} ${percent} % of ${sizeWords(total)}`;
}
