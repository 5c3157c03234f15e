const two = (value: number) => String(value).padStart(2, '0');

/** A moment as fields for date and time have it, by the clock here. */
export function localText(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** An hour of a day that is so many days ahead, by the calendar here. */
export const atHour = (from: Date, days: number, hour: number): Date =>
  new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, hour);

/** The morning of the Monday after today. */
export const nextMonday = (from: Date): Date => atHour(from, ((7 - from.getDay()) % 7) + 1, 9);
