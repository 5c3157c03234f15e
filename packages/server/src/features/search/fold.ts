/**
 * Text as messages are searched: one form of each character, without case, without the marks of
 * Latin, Greek, Cyrillic, Hebrew and Arabic letters, and with single spaces. Databases fold each in
 * their own way (and none of them all of this), so the program does it for both.
 */
export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase().replace(SPACE, ' ') : foldUnicode(text);
}

const ASCII = /^[\t\n\r -~]*$/;
const SPACE = /\s+/g;
/**
 * The voicing marks of Japanese and the vowels of Indic scripts are combining marks too, but they
 * make other letters: か is not が.
 */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
/** Joiners and selectors of looks, which nobody types into a search. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]|[\ufe00-\ufe0f]/g;
/** Letters that people write without their marks, though Unicode does not take them apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ħ: 'h',
  ł: 'l',
  ı: 'i',
  ς: 'σ',
};
const PLAIN_LETTERS = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

function foldUnicode(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(MARKS, '')
    .replace(INVISIBLE, '')
    .replace(PLAIN_LETTERS, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
    .replace(SPACE, ' ');
}

/** What is folded together: a character with what combines with it, or a stretch of space. */
const PIECES =
  /\s+|[\u1100-\u115f\ua960-\ua97c]?[^\s](?:\p{M}|[\u1160-\u11ff\ud7b0-\ud7fb]|\u200d)*/gu;

export interface FoldedText {
  text: string;
  /** For each UTF-16 unit of `text`, where the piece that it came from begins; the end at last. */
  origins: number[];
}

/** The folded text, and where its parts stand in the original. */
export function foldWithOrigins(original: string): FoldedText {
  if (ASCII.test(original) && !/\s\s/.test(original)) {
    const origins = Array.from({ length: original.length + 1 }, (_, i) => i);
    return { text: fold(original), origins };
  }
  let text = '';
  const origins: number[] = [];
  for (const piece of original.matchAll(PIECES)) {
    let folded = fold(piece[0]);
    if (folded.startsWith(' ') && text.endsWith(' ')) folded = folded.slice(1);
    for (let i = 0; i < folded.length; i++) origins.push(piece.index);
    text += folded;
  }
  origins.push(original.length);
  return { text, origins };
}
