import type { PushNotification } from './provider';

const TITLE_BYTES = 256;
/** No provider takes more. Counted as strings are, so that waiting notifications stay small. */
const MAX_TITLE = 1024;
const MAX_BODY = 4096;
const ELLIPSIS = '…';
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A notification without what would be cut off anyway, when it is fitted to a payload. */
export function clipped(notification: PushNotification): PushNotification {
  const { title, body } = notification;
  return { ...notification, title: title.slice(0, MAX_TITLE), body: body.slice(0, MAX_BODY) };
}

/** The longest beginning of a text, cut between characters as people see them, that fits. */
export function shorten(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const ends = [...characters.segment(text)].map(({ index }) => index);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(text.slice(0, ends[middle]) + ELLIPSIS)) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, ends[low]) + ELLIPSIS;
}

const bytesOf = (text: string) => Buffer.byteLength(text);

/**
 * Builds a payload of at most `limit` bytes, by shortening the notification's body (and a title that
 * nobody could read).
 */
export function fitted<P>(
  notification: PushNotification,
  limit: number,
  build: (notification: PushNotification) => P,
): P {
  const title = shorten(notification.title, (text) => bytesOf(text) <= TITLE_BYTES);
  // No more than this can fit, and cutting a long text into characters takes long.
  const start = notification.body.slice(0, limit).toWellFormed();
  const withBody = (body: string) => build({ ...notification, title, body });
  const isWhole = start.length === notification.body.length;
  const fits = (body: string) => bytesOf(JSON.stringify(withBody(body))) <= limit;
  return withBody(shorten(isWhole ? start : start + ELLIPSIS, fits));
}
