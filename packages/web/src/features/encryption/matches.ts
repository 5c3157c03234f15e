/** The same words that the index of the SDK is made of. */
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu;

const small = (word: string): string => word.toLowerCase();

/** Where the words that were looked for stand in a text: start and length, in order. */
export function matches(text: string, words: string): [number, number][] {
  const wanted = (words.match(WORDS) ?? []).map(small);
  return [...text.matchAll(WORDS)].flatMap(({ 0: word, index }): [number, number][] => {
    const begin = wanted
      .filter((one) => small(word).startsWith(one))
      .sort((a, b) => b.length - a.length)[0];
    return begin === undefined ? [] : [[index, Math.min(begin.length, word.length)]];
  });
}
