/** So many are remembered, the newest. */
const REMEMBERED = 10_000;

/** Tells the operator of stored files that are gone: of each once, however often it is asked for. */
export class LostFiles {
  readonly #warn: (key: string) => void;
  readonly #told = new Set<string>();

  constructor(warn: (key: string) => void) {
    this.#warn = warn;
  }

  note(key: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const [oldest] = this.#told;
    if (this.#told.size > REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    this.#warn(key);
  }
}
