/**
 * Makes others' text safe to print. Control characters could move the cursor, change the title,
 * or fake a line; direction marks could turn what follows around.
 */
export function plainText(text: string): string {
  return text.replace(HARMFUL, (character) => (character === '\t' ? '  ' : visible(character)));
}

/** The same on a single line: line breaks show as a sign. */
export function plainLine(text: string): string {
  return plainText(text.replace(/\r\n|[\r\n\u0085\u2028\u2029]/g, ' ⏎ '));
}

/**
 * C0 and C1 controls but the line feed, DEL, line and paragraph separators, and the marks that
 * override or isolate the writing direction (Unicode UAX #9), plus invisible tags.
 */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** C0 controls have pictures of their own; the rest becomes the replacement character. */
function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
