import { language, t } from './index';

const scriptOf = (tag: string) => new Intl.Locale(tag).maximize().script;

/**
 * A language as it is spoken where the user is: clocks and the order of dates differ by region.
 * Outside a browser nobody says where that is.
 */
export function regional(
  code: string,
  spoken: readonly string[] = navigator.languages ?? [],
): string {
  const isIt = (tag: string) => new Intl.Locale(tag).language === code;
  return spoken.find((tag) => isIt(tag) && scriptOf(tag) === scriptOf(code)) ?? code;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = language() + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(regional(language()), options);
  formats.set(key, known);
  return known.format(date);
}

const DAY_MS = 86_400_000;

const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** Whole days by the calendar here from one moment to another. */
export const daysBetween = (from: Date, to: Date): number =>
  Math.round((midnight(to).getTime() - midnight(from).getTime()) / DAY_MS);

/** 14:05, or 2:05 PM */
export const timeOf = (iso: string): string => format(new Date(iso), { timeStyle: 'short' });

/** Today, yesterday, a weekday of the last six days, or a date: for dividers. */
export function dayOf(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const ago = daysBetween(date, now);
  if (ago === 0) return t('common.today');
  if (ago === 1) return t('common.yesterday');
  if (ago > 1 && ago < 7) return format(date, { weekday: 'long' });
  return format(date, dayAndMonth(date, now));
}

/** The year only where it is another one. */
const dayAndMonth = (date: Date, now: Date): Intl.DateTimeFormatOptions => ({
  day: 'numeric',
  month: 'long',
  ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
});

/** The time today, else the day: for lists. */
export function shortTimeOf(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const ago = daysBetween(date, now);
  if (ago === 0) return timeOf(iso);
  if (ago === 1) return t('common.yesterday');
  if (ago > 1 && ago < 7) return format(date, { weekday: 'short' });
  return format(date, { day: '2-digit', month: '2-digit', year: '2-digit' });
}

/** A time to come, within a sentence: the time today, tomorrow or on a weekday, else with the date. */
export function comingTimeOf(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const ahead = daysBetween(now, date);
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  if (ahead === 0) return timeOf(iso);
  if (ahead === 1) return t('common.tomorrowAt', { time: timeOf(iso) });
  if (ahead > 1 && ahead < 7) return format(date, { weekday: 'long', ...time });
  return format(date, { ...dayAndMonth(date, now), ...time });
}

/** The whole date and time, for titles. */
export const momentOf = (iso: string): string =>
  format(new Date(iso), { dateStyle: 'long', timeStyle: 'short' });

/** 3 March 2026 */
export const dateOf = (iso: string): string => format(new Date(iso), { dateStyle: 'long' });

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Seconds as a number of the largest unit that they are a whole number of: 7 days. */
export function durationOf(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0) ?? UNITS[3];
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language(), style).format(seconds / length);
}
