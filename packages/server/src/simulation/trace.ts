const KEPT = 2000;

/** What happened last, to be read when a seed fails. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #elapsed: () => number;
  #digest = 0;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  note(line: string) {
    if (this.#lines.length >= KEPT * 2) this.#lines.splice(0, KEPT);
    const whole = `${this.#elapsed().toFixed(1).padStart(9)}  ${line}`;
    this.#lines.push(whole);
    this.#digest = Number(Bun.hash.crc32(whole, this.#digest));
  }

  /** The same for runs in which the same things happened at the same times. */
  get digest(): number {
    return this.#digest;
  }

  /** The last lines, oldest first. */
  tail(count: number): string {
    return this.#lines.slice(-count).join('\n');
  }
}
