const SMALLEST = 256 * 1024;
const LARGEST = 8 * 1024 * 1024;
/** A piece should take about so long: little is lost with one, and little time goes between them. */
const QUICK_MS = 1_000;
const SLOW_MS = 4_000;

/** How large the next piece of an upload is to be, by how the last ones went. */
export class PieceSize {
  #bytes = SMALLEST;

  get bytes(): number {
    return this.#bytes;
  }

  took(ms: number): void {
    if (ms < QUICK_MS) this.#bytes = Math.min(LARGEST, this.#bytes * 2);
    else if (ms > SLOW_MS) this.failed();
  }

  failed(): void {
    this.#bytes = Math.max(SMALLEST, this.#bytes / 2);
  }
}
