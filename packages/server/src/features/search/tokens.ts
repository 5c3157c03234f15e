import { gramNumber } from './grams';

/**
 * How the index is told of grams. Each chat has lists of its own, so that a search costs what the
 * caller's chats hold, not what the server holds.
 */

/** 25 bits: a chat has thousands of grams, rarely more. */
const SHIFT = 7;

/** SQLite: words of FTS5, a chat's beside each other. Letters, digits and `_` have no meaning there. */
const word = (chatId: number, gram: string): string =>
  `${chatId.toString(36)}_${((gramNumber(0, gram) >>> 0) >>> SHIFT).toString(36)}`;

const words = (chatId: number, grams: Iterable<string>): string[] => [
  ...new Set([...grams].map((gram) => word(chatId, gram))),
];

export const sqliteWords = (chatId: number, grams: Iterable<string>): string =>
  words(chatId, grams).join(' ');

/** FTS5's expression for messages of any of the chats that have all of the grams. */
export function sqliteMatch(chatIds: readonly number[], grams: readonly string[]): string {
  const all = (chatId: number) =>
    words(chatId, grams)
      .map((each) => `"${each}"`)
      .join(' AND ');
  return chatIds.map((chatId) => `(${all(chatId)})`).join(' OR ');
}

/** PostgreSQL: an array of integers, as its text. */
export function postgresGrams(chatId: number, grams: Iterable<string>): string {
  const numbers = new Set([...grams].map((gram) => gramNumber(chatId, gram)));
  return `{${[...numbers].join(',')}}`;
}
