/** Longer ones are cut off by the row's end anyway. */
const SHOWN = 200;

/** Signs that markdown puts around words, in pairs. */
const PAIRS = /(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1/g;
/** Single ones, which within words and sums mean something else. */
const SINGLES = /(?<![\w*_])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*_])/g;
/** Signs at the beginning of a line: of headings, quotes, and lists; fences with their language. */
const BEGINNINGS = /^[ \t]*(?:#{1,6} |> ?|[-*+] |```\w*$)/gm;

/** A text as one line, without the signs of its formatting. */
export const plainLine = (text: string): string =>
  text
    .slice(0, 2 * SHOWN)
    .replace(BEGINNINGS, '')
    .replace(PAIRS, '$2')
    .replace(SINGLES, '$2')
    .replace(/\[([^\]]+)\]\(\S+?\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SHOWN);
