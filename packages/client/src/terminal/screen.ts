/** Where the program writes, and where typed lines come from. */
export interface Screen {
  /** Writes lines. A key lets `repaint` find them again. */
  print(text: string, key?: string): void;
  /** Writes lines in the place of those of this key. False when those cannot be seen any more. */
  repaint(key: string, text: string): boolean;
  /** Shows what goes on now: a line that changes in place, or nothing where that cannot be. */
  status(line: string, prompt: string): void;
  /** True: `status` and `repaint` are seen. False: only what is printed is. */
  readonly isLive: boolean;
  close(): void;
}

/** Lines for pipes and files: nothing is ever taken back. */
export class PlainScreen implements Screen {
  readonly isLive = false;
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  print(text: string): void {
    this.#write(`${text}\n`);
  }

  repaint(): boolean {
    return false;
  }

  status(): void {}

  close(): void {}
}
