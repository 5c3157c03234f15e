const MOST_CHARACTERS = 1_500;
const MOST_LINES = 24;

/** More of a long text than there is room for while it is folded. */
const SHOWN_CHARACTERS = 2_400;
const SHOWN_LINES = 40;

/** Whether a text is so long that its beginning is enough at first. */
export function isFoldable(text: string): boolean {
  return text.length > MOST_CHARACTERS || text.split('\n', MOST_LINES + 1).length > MOST_LINES;
}

/** What is drawn of a folded text: all of some would be thousands of links, or cells of a table. */
export const beginningOf = (text: string): string =>
  text.split('\n', SHOWN_LINES).join('\n').slice(0, SHOWN_CHARACTERS).toWellFormed();
