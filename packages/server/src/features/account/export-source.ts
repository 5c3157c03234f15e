/** A file of an export. Its contents are asked for bit by bit, as fast as they are taken. */
export interface ExportFile {
  /** Its path in the archive. */
  readonly name: string;
  readonly modifiedAt?: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * A kind of data that users can take with them. Each feature that holds some adds a source; its
 * files join the archive, and what they are is told in README.txt.
 */
export interface ExportSource {
  /** What the files are, in plain words: a line of README.txt each. */
  readonly about: readonly { readonly path: string; readonly meaning: string }[];
  files(userId: number): AsyncIterable<ExportFile>;
}

const encoder = new TextEncoder();

export async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield encoder.encode(text);
}

/** JSON Lines: an object a line, a page at a time. */
export async function* jsonLines(
  pages: AsyncIterable<readonly unknown[]>,
): AsyncGenerator<Uint8Array> {
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield encoder.encode(page.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}
