/** A file that is no Blob: one on disk, or one that is made while it is sent. */
export interface FileSource {
  readonly name: string;
  /** Its media type; empty when nobody knows: the server finds out. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. Without it the upload cannot go on in another run of the program. */
  readonly lastModified?: number;
  /** The bytes from this one on. Called again when an upload has to go back. */
  stream(from: number): ReadableStream<Uint8Array>;
}

/** A `File` of a page, any other `Blob`, or a source. */
export type FileInput = Blob | FileSource;

/** A file as uploads read it. */
export interface OpenFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly lastModified: number | undefined;
  /** These bytes; fewer only at the end of the file. */
  read(from: number, length: number): Promise<Blob>;
  /** Nothing more will be read for now. */
  close(): void;
}

export function openFile(file: FileInput): OpenFile {
  if (!(file instanceof Blob)) return new StreamedFile(file);
  const { name, lastModified } = file as Partial<File>;
  return {
    name: lastPart(name ?? '') || 'file',
    type: file.type,
    size: file.size,
    lastModified: name === undefined ? undefined : lastModified,
    read: async (from, length) => file.slice(from, from + length),
    close: () => {},
  };
}

/** What Bun calls a file's name is its path. */
const lastPart = (name: string) => name.split(/[/\\]/).at(-1) ?? '';

/** Reads a stream in pieces, and opens it anew when a piece is wanted that went by. */
class StreamedFile implements OpenFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly lastModified: number | undefined;
  readonly #source: FileSource;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  /** Where in the file the next byte of the rest or of the reader is. */
  #position = 0;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: FileSource) {
    this.name = lastPart(source.name) || 'file';
    this.type = source.type;
    this.size = source.size;
    this.lastModified = source.lastModified;
    this.#source = source;
  }

  async read(from: number, length: number): Promise<Blob> {
    const reader = this.#readerAt(from);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let wanted = length;
    while (wanted > 0) {
      if (this.#rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) break;
        this.#rest = value;
      }
      const part = this.#rest.slice(0, wanted);
      this.#rest = this.#rest.subarray(part.length);
      this.#position += part.length;
      wanted -= part.length;
      parts.push(part);
    }
    return new Blob(parts);
  }

  close(): void {
    void this.#reader?.cancel().catch(() => {});
    this.#reader = null;
  }

  #readerAt(from: number): ReadableStreamDefaultReader<Uint8Array> {
    if (this.#reader && this.#position === from) return this.#reader;
    this.close();
    this.#rest = new Uint8Array();
    this.#position = from;
    this.#reader = this.#source.stream(from).getReader();
    return this.#reader;
  }
}
