import type { NotificationSettings, SetNotificationSettings } from '@confab/protocol';

/** Quiet hours as they are stored: minutes after midnight, in a time zone. */
export interface QuietHours {
  quiet_from: number | null;
  quiet_to: number | null;
  time_zone: string;
}

export const NO_QUIET_HOURS: QuietHours = { quiet_from: null, quiet_to: null, time_zone: 'UTC' };

/** Whether a moment lies in the quiet hours. From a time to the same time is the whole day. */
export function isQuiet({ quiet_from, quiet_to, time_zone }: QuietHours, at: number): boolean {
  if (quiet_from === null || quiet_to === null) return false;
  const minute = minuteOfDay(at, time_zone);
  return quiet_from < quiet_to
    ? minute >= quiet_from && minute < quiet_to
    : minute >= quiet_from || minute < quiet_to;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  return part('hour') * 60 + part('minute');
}

/** Making one takes far longer than using it; there are a few hundred zones. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}

export function presentQuietHours(hours: QuietHours): NotificationSettings {
  return {
    quiet_from: timeOf(hours.quiet_from),
    quiet_to: timeOf(hours.quiet_to),
    time_zone: hours.time_zone,
  };
}

/** What is absent is not to be changed. */
export function readQuietHours(settings: SetNotificationSettings): Partial<QuietHours> {
  const { quiet_from, quiet_to, time_zone } = settings;
  return {
    ...(quiet_from !== undefined && { quiet_from: minutesOf(quiet_from) }),
    ...(quiet_to !== undefined && { quiet_to: minutesOf(quiet_to) }),
    ...(time_zone !== undefined && { time_zone }),
  };
}

export type HoursFault = 'one_end' | 'same_time';

/**
 * A beginning without an end says nothing, nor does an end without a beginning. And nobody means
 * the whole day by one time, but would never hear of anything again.
 */
export function faultOf(
  { quiet_from, quiet_to }: QuietHours,
  changes: Partial<QuietHours>,
): HoursFault | undefined {
  if ((quiet_from === null) !== (quiet_to === null)) return 'one_end';
  const isSame = quiet_from !== null && quiet_from === quiet_to;
  const isChanged = 'quiet_from' in changes || 'quiet_to' in changes;
  return isSame && isChanged ? 'same_time' : undefined;
}

function timeOf(minutes: number | null): string | null {
  if (minutes === null) return null;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function minutesOf(time: string | null): number | null {
  if (time === null) return null;
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
