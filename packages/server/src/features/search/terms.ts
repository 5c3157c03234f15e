import { fold } from './fold';

/** What stands in quotes, straight ones or a phone's, or else a word. */
const TERM = /(?<!\S)["“”„]([^"“”„]*)["“”]|\S+/g;

/**
 * What must occur in a message, each anywhere in it: words, and what stands in quotes as one piece.
 * All other characters mean themselves. A quote that nobody closes is a character like any other.
 */
export function termsOf(query: string): string[] {
  const terms = [...query.matchAll(TERM)]
    .map(([word, quoted]) => fold(quoted ?? word).trim())
    .filter((term) => term !== '');
  const unique = [...new Set(terms)];
  // A query of nothing but quotes looks for quotes.
  return unique.length > 0 ? unique : [fold(query).trim()].filter((term) => term !== '');
}

export const containsAll = (folded: string, terms: readonly string[]): boolean =>
  terms.every((term) => folded.includes(term));
