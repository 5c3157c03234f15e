/** How far an upload or a download is. */
export interface Progress {
  /** Never fewer than before. */
  readonly bytes: number;
  readonly total: number;
}

/** Counts bytes, and tells of it when there are more. */
export class Meter {
  readonly #total: number;
  readonly #onProgress: (progress: Progress) => void;
  #bytes = 0;

  constructor(total: number, onProgress: (progress: Progress) => void) {
    this.#total = total;
    this.#onProgress = onProgress;
  }

  get progress(): Progress {
    return { bytes: this.#bytes, total: this.#total };
  }

  /** So many bytes of the file have gone; fewer than before when some have to go again. */
  reached(bytes: number): void {
    const now = Math.min(bytes, this.#total);
    if (now <= this.#bytes) return;
    this.#bytes = now;
    this.#onProgress(this.progress);
  }
}
