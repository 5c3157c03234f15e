/** What a stretch of text consists of. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'mention'; readonly text: string; readonly username: string };

/** An address as people type it, or somebody's name; no name within a word or an email address. */
const FOUND = /https?:\/\/[^\s<>"'`]+|(?<![\p{L}\p{N}_.@/])@[a-z0-9_.]{2,32}/giu;

const GROUPS: ReadonlySet<string> = new Set(['all', 'here', 'everyone']);
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** How often each sign stands in a text. */
function countsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return counts;
}

/** Without the punctuation that belongs to the sentence, not to the address. */
function trimmedAddress(address: string): string {
  const counts = countsOf(address);
  const count = (sign: string) => counts.get(sign) ?? 0;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    const opener = PAIRS[last];
    const isStray = opener !== undefined && count(last) > count(opener);
    if (!isStray && !/[.,:;!?*~_]/.test(last)) break;
    counts.set(last, count(last) - 1);
  }
  return address.slice(0, end);
}

/** Schemes that do nothing but lead somewhere. */
const SAFE: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** An address that may be made a link; undefined for `javascript:` and whatever else may do harm. */
export function safeHref(address: string): string | undefined {
  const url = URL.parse(address);
  return url && SAFE.has(url.protocol) ? url.href : undefined;
}

const ADDRESS = /(?:https?:\/\/|\bwww\.)[^\s<>"'`]+/giu;

const hostOf = (address: string): string | undefined =>
  URL.parse(address)?.host.replace(/^www\./, '');

/** Whether a link whose text names an address leads to the same host: `[https://a](https://b)` does not. */
export function leadsWhereItSays(text: string, href: string): boolean {
  const host = hostOf(href);
  return [...text.matchAll(ADDRESS)].every(([said]) => {
    return hostOf(/^www/i.test(said) ? `https://${said}` : said) === host;
  });
}

/** Whom a name in a text stands for, if it stands for somebody. */
export type IsMentioned = (username: string) => boolean;

/** Finds the links and mentions in a text. Put together again they are the text. */
export function partsOf(text: string, isMentioned: IsMentioned): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(FOUND)) {
    const part = found.startsWith('@') ? mentionOf(found, isMentioned) : linkOf(found);
    if (!part) continue;
    if (index > end) parts.push({ kind: 'text', text: text.slice(end, index) });
    parts.push(part);
    end = index + part.text.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

function linkOf(found: string): Part | undefined {
  const text = trimmedAddress(found);
  const href = safeHref(text);
  return href === undefined ? undefined : { kind: 'link', text, href };
}

function mentionOf(found: string, isMentioned: IsMentioned): Part | undefined {
  const text = found.replace(/\.+$/, '');
  const username = text.slice(1).toLowerCase();
  if (!GROUPS.has(username) && !isMentioned(username)) return undefined;
  return { kind: 'mention', text, username };
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const IS_EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;
/** UTF-16 code units; the longest families and flags have about 30. */
const LONGEST_EMOJI = 32;

/** Whether a text is one emoji and nothing else. */
export function isOneEmoji(text: string): boolean {
  if (text.length > LONGEST_EMOJI || !IS_EMOJI.test(text)) return false;
  return [...segmenter.segment(text)].length === 1;
}

/** More are a text of emoji. */
const MOST_LARGE = 6;

/** Whether a text is nothing but a few emoji: these are shown large. */
export function isOnlyEmoji(text: string): boolean {
  if (text.length > 80) return false;
  const signs = [...segmenter.segment(text.replace(/\s/g, ''))];
  const isFew = signs.length > 0 && signs.length <= MOST_LARGE;
  return isFew && signs.every(({ segment }) => IS_EMOJI.test(segment));
}

const FORMATTING = /[*_~`[\\|]|^\s{0,3}(?:[-+>#]|\d+[.)]\s)|^(?: {4}|\t)|\bwww\.|\S@\S/m;

/** Whether there may be markdown in a text. Most texts have none, and need nothing loaded. */
export const mayBeFormatted = (text: string): boolean => FORMATTING.test(text);
