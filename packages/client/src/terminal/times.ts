const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A span such as 90s, 10m, 2h, 7d or 4w, in seconds. Null when it is none. */
export function readSpan(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * (UNIT_S[unit] ?? 0);
}

/** A span in its largest whole unit: 90s, 10m, 2h. */
export function spanWords(seconds: number): string {
  const whole = Object.entries(UNIT_S).filter(([, size]) => seconds % size === 0);
  const [unit, size] = whole.at(-1) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/**
 * A time to come: a span from now, a time of day such as 18:30, or a day with it, such as
 * 2026-12-24T18:30, on the clock of this machine. Null when it is none.
 */
export function readMoment(text: string, now: number): Date | null {
  const span = readSpan(text);
  if (span !== null) return new Date(now + span * 1000);
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined) return nextAt(Number(hours), Number(minutes), now);
  const isDay = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text);
  const moment = new Date(text);
  return isDay && !Number.isNaN(moment.getTime()) ? moment : null;
}

function nextAt(hours: number, minutes: number, now: number): Date {
  const moment = new Date(now);
  moment.setHours(hours, minutes, 0, 0);
  if (moment.getTime() <= now) moment.setDate(moment.getDate() + 1);
  return moment;
}

/** The day of a time of the protocol, on the calendar of this machine. */
export function localDay(timestamp: string): string {
  const time = new Date(timestamp);
  const twoDigits = (n: number) => String(n).padStart(2, '0');
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
}
