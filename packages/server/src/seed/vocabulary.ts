/** A made-up language: many words, the most common ones much more common than the others. */
const WORDS = 30_000;
/** The share of messages in Chinese characters. */
const CHINESE = 0.1;
const CHARACTERS = 3000;
const SYLLABLES =
  'ba be bo ca ce co da de di fa fe ga go ha he hi jo ka ke la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve wa we wi yo ing er ed ly tion st th ch sh an en on al or'.split(
    ' ',
  );

/** Numbers from 0 to below 1, the same ones for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export class Vocabulary {
  readonly words: readonly string[];
  readonly #random: () => number;
  /** For each word, how often it or a more common one is drawn (Zipf's law). */
  readonly #upTo: number[] = [];

  constructor(random: () => number) {
    this.#random = random;
    const words = new Set<string>();
    while (words.size < WORDS) words.add(this.#newWord(words.size));
    this.words = [...words];
    let sum = 0;
    for (let rank = 0; rank < WORDS; rank++) {
      sum += 1 / (rank + 2.7);
      this.#upTo.push(sum);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Common words are short. */
  #newWord(rank: number): string {
    const length = rank < 200 ? 1 + this.#below(2) : 2 + this.#below(3);
    return Array.from({ length }, () => SYLLABLES[this.#below(SYLLABLES.length)]).join('');
  }

  message(): string {
    return this.#random() < CHINESE ? this.#chinese() : this.#sentence();
  }

  #sentence(): string {
    return Array.from({ length: 2 + this.#below(16) }, () => this.#word()).join(' ');
  }

  #chinese(): string {
    const character = () =>
      String.fromCodePoint(0x4e00 + 5 * Math.floor(CHARACTERS * this.#random() ** 3));
    return Array.from({ length: 5 + this.#below(20) }, character).join('');
  }

  #word(): string {
    const sought = this.#random() * (this.#upTo.at(-1) ?? 0);
    let low = 0;
    let high = WORDS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 0) < sought) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? '';
  }
}
