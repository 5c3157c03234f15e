/**
 * What of a text goes into the index. Scripts whose words are one or two characters long (Chinese,
 * Japanese, Korean, emoji) go in by single characters and by pairs; all others by triples
 * within a word. A text that contains a term has all of the term's grams; whether it is so the other
 * way round is for the text itself to say.
 */
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}ー々〆]/u;
const LATIN_END = 0x2190;
const TRIPLE = 3;

type Take = (gram: string) => void;

/** @param folded as `fold` gives it */
export function gramsOf(folded: string): Set<string> {
  const grams = new Set<string>();
  const take: Take = (gram) => grams.add(gram);
  for (const word of folded.split(' ')) takeWord(word, take);
  return grams;
}

function takeWord(word: string, take: Take) {
  let run: string[] = [];
  let wasDense = false;
  const finish = () => {
    if (wasDense) takeDense(run, take);
    else takeTriples(run, take);
    run = [];
  };
  for (const character of word) {
    const dense = isDense(character);
    if (dense !== wasDense) finish();
    wasDense = dense;
    run.push(character);
  }
  finish();
}

function isDense(character: string): boolean {
  return (character.codePointAt(0) ?? 0) >= LATIN_END && DENSE.test(character);
}

function takeDense(run: readonly string[], take: Take) {
  run.forEach((character, i) => {
    take(character);
    const next = run[i + 1];
    if (next !== undefined) take(character + next);
  });
}

function takeTriples(run: readonly string[], take: Take) {
  for (let i = 0; i + TRIPLE <= run.length; i++) take(`${run[i]}${run[i + 1]}${run[i + 2]}`);
}

/** Grams looked up at most for one query: more cost more than they exclude. */
const MOST = 16;

/** The grams to look up for terms that must all occur; none if the terms are too short. */
export function gramsToFind(terms: readonly string[]): string[] {
  const grams = new Set<string>();
  for (const term of terms) for (const gram of telling(gramsOf(term))) grams.add(gram);
  return spread([...grams], MOST);
}

/** A pair says all that its single characters say. */
function telling(grams: ReadonlySet<string>): string[] {
  const all = [...grams];
  return all.filter((gram) => !all.some((other) => other !== gram && other.includes(gram)));
}

/** At most `most` of them, from all over the list. */
function spread(grams: readonly string[], most: number): string[] {
  if (grams.length <= most) return [...grams];
  return Array.from({ length: most }, (_, i) => grams[Math.floor((i * grams.length) / most)] ?? '');
}

/** FNV-1a. Grams that share a number cost a look at a text too many, nothing else. */
export function gramNumber(chatId: number, gram: string): number {
  let hash = 0x811c9dc5;
  const mix = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (let rest = chatId; rest > 0; rest = Math.floor(rest / 256)) mix(rest % 256);
  for (let i = 0; i < gram.length; i++) {
    mix(gram.charCodeAt(i) & 0xff);
    mix(gram.charCodeAt(i) >> 8);
  }
  // PostgreSQL's integers have a sign.
  return hash | 0;
}
