/**
 * How many letters have to be put in, taken out, replaced, or swapped with the next, to make one word
 * of the other ("optimal string alignment").
 */
function distance(a: string, b: string): number {
  const rows: number[][] = [];
  const far = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      const ways = [far(i - 1, j) + 1, far(i, j - 1) + 1];
      ways.push(far(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) ways.push(far(i - 2, j - 2) + 1);
      row.push(i === 0 && j === 0 ? 0 : Math.min(...ways));
    }
  }
  return far(a.length, b.length);
}

/** A typing error in four letters, two at most: HOME is no misspelt HOST. */
const tolerance = (word: string) => Math.min(2, Math.floor(word.length / 4));

/** The words that somebody may have meant who wrote this one, the likeliest first. */
export function nearest(word: string, known: Iterable<string>): string[] {
  return [...known]
    .filter((candidate) => Math.abs(candidate.length - word.length) <= tolerance(candidate))
    .map((candidate) => ({ candidate, far: distance(word, candidate) }))
    .filter(({ candidate, far }) => far <= tolerance(candidate))
    .sort((a, b) => a.far - b.far)
    .map(({ candidate }) => candidate);
}
