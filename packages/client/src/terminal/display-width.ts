/** Sequences that colour text (SGR), the only ones this program prints within lines. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const ZERO = /^[\p{Mn}\p{Me}\u200b-\u200d]+$/u;

/** How many columns a text takes in a terminal: a good guess, as terminals differ. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text.replace(COLOUR, ''))) {
    if (!ZERO.test(segment)) width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** How many rows a text takes, wrapped at the terminal's edge. */
export function displayRows(text: string, columns: number): number {
  const rows = (line: string) => Math.max(1, Math.ceil(displayWidth(line) / columns));
  return text.split('\n').reduce((sum, line) => sum + rows(line), 0);
}

/** Cut to so many columns, with a sign where something is missing. */
export function fitWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let fitted = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    fitted += segment;
  }
  return `${fitted}…`;
}
