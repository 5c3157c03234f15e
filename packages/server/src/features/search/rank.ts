/** Days by which a message must be newer to make up for one point less. */
const DAYS_PER_POINT = 30;
const POINT = 1000;
const MS_PER_STEP = (DAYS_PER_POINT * 24 * 60 * 60 * 1000) / POINT;
/** Occurrences beyond this many say nothing more. */
const MOST_COUNTED = 4;

const LETTER = /[\p{L}\p{N}]/u;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * How good a match is: whole words before beginnings of words before insides, many before few, new
 * before old. It depends on the message alone, so that an order holds while others arrive.
 */
export function scoreOf(folded: string, terms: readonly string[], createdAt: number): number {
  const points = terms.reduce((sum, term) => sum + termPoints(folded, term), 0) / terms.length;
  return Math.round(points * POINT) + Math.floor(createdAt / MS_PER_STEP);
}

function termPoints(folded: string, term: string): number {
  let best = 0;
  let count = 0;
  for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
    best = Math.max(best, placePoints(folded, term, at));
    if (++count === MOST_COUNTED) break;
  }
  return best + count - 1;
}

/** Four for a whole word, two for the beginning of one, one else. */
function placePoints(folded: string, term: string, at: number): number {
  if (DENSE.test(term)) return 4;
  const begins = at === 0 || !LETTER.test(folded[at - 1] ?? '');
  const end = folded[at + term.length];
  const ends = end === undefined || !LETTER.test(end);
  if (begins) return ends ? 4 : 2;
  return 1;
}
