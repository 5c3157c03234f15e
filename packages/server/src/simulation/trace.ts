const KEPT = 400;

/** What happened last, to be read when a seed fails. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #elapsed: () => number;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  note(line: string) {
    if (this.#lines.length >= KEPT * 2) this.#lines.splice(0, KEPT);
    this.#lines.push(`${this.#elapsed().toFixed(1).padStart(9)}  ${line}`);
  }

  /** The last lines, oldest first. */
  tail(count: number): string {
    return this.#lines.slice(-count).join('\n');
  }
}
