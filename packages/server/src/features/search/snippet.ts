import { fold, foldWithOrigins } from './fold';

/** UTF-16 units: of a snippet, and of it before the first match. */
const LENGTH = 160;
const LEAD = 40;
/** A longer text is looked at around its first match alone. */
const SHORT = 1000;
/** How far an end may move to fall between two words. */
const SLACK = 16;
const CUT = '…';

export interface Snippet {
  snippet: string;
  /** Start and length of each match within it. */
  highlights: [number, number][];
}

interface Range {
  start: number;
  end: number;
}

/** The part of a text where terms occur in it, as plain text on one line. */
export function snippetOf(content: string, terms: readonly string[]): Snippet {
  const part = partAround(content, terms);
  const text = content.slice(part.start, part.end);
  const { ranges, borders } = matchesIn(text, terms);
  const shown = windowOf(text, ranges[0]?.start ?? 0, borders);
  const before = part.start + shown.start > 0 ? CUT : '';
  const after = part.start + shown.end < content.length ? CUT : '';
  const shift = before.length - shown.start;
  return {
    snippet: before + text.slice(shown.start, shown.end).replace(/\s/g, ' ') + after,
    highlights: ranges.flatMap((range): [number, number][] => {
      const start = Math.max(range.start, shown.start);
      const end = Math.min(range.end, shown.end);
      return start < end ? [[start + shift, end - start]] : [];
    }),
  };
}

/** Matching knows folded text alone, and folding tells origins slowly: of long texts, a part will do. */
function partAround(content: string, terms: readonly string[]): Range {
  if (content.length <= SHORT) return { start: 0, end: content.length };
  const end = endOfFirstMatch(content, terms);
  const longest = Math.max(0, ...terms.map((term) => term.length));
  return {
    start: whole(content, Math.max(0, end - longest * 3 - LENGTH)),
    end: whole(content, Math.min(content.length, end + LENGTH * 2)),
  };
}

/** Where the shortest beginning ends that has one of the terms in it. */
function endOfFirstMatch(content: string, terms: readonly string[]): number {
  let without = 0;
  let within = content.length;
  while (within - without > 1) {
    const middle = (without + within) >> 1;
    const folded = fold(content.slice(0, middle));
    if (terms.some((term) => folded.includes(term))) within = middle;
    else without = middle;
  }
  return within;
}

/** No half of a surrogate pair. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

function matchesIn(text: string, terms: readonly string[]) {
  const { text: folded, origins } = foldWithOrigins(text);
  const ranges: Range[] = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      ranges.push({ start: origins[at] ?? 0, end: endOf(origins, at + term.length) });
    }
  }
  return { ranges: merged(ranges), borders: new Set(origins) };
}

/** A match that ends within what one character was folded to ends after that character. */
function endOf(origins: readonly number[], after: number): number {
  const last = origins[after - 1] ?? 0;
  let at = after;
  while (at < origins.length - 1 && origins[at] === last) at++;
  return origins[at] ?? last;
}

function merged(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}

function windowOf(text: string, match: number, borders: ReadonlySet<number>): Range {
  if (text.length <= LENGTH) return { start: 0, end: text.length };
  const latest = Math.max(0, text.length - LENGTH);
  const start = betweenWords(text, Math.min(latest, Math.max(0, match - LEAD)), borders);
  const end = betweenWords(text, Math.min(text.length, start + LENGTH), borders);
  return { start, end };
}

/** A near place before this one where a word ends, or at least a character. */
function betweenWords(text: string, at: number, borders: ReadonlySet<number>): number {
  if (at === 0 || at >= text.length) return at;
  for (let near = at; near > Math.max(0, at - SLACK); near--) {
    if (/\s/.test(text[near - 1] ?? '')) return near;
  }
  let near = at;
  while (near > 0 && !borders.has(near)) near--;
  return near;
}
