/** UTF-16 units of a name that searches go by: an index takes no longer ones. */
const LONGEST = 200;

/** A name, or its beginning, as it is looked up. */
export const lookedUp = (name: string): string => name.slice(0, LONGEST).toWellFormed();

/**
 * What a user is found by the beginning of: the username, and the full name from each of its words
 * on.
 * @param searchName the full name, folded
 */
export function namesOf(username: string, searchName: string | null): string[] {
  const words = (searchName ?? '').split(' ');
  const endings = words.map((_, i) => lookedUp(words.slice(i).join(' ')));
  return [...new Set([username, ...endings])].filter((name) => name !== '');
}
