import { ClientError } from '../../errors';
import { type FileInput, type OpenFile, openFile } from '../../media/source';
import { importAesKey, open, seal } from '../aead';
import { type Bytes, concat } from '../encoding';
import { Refusal } from '../errors';
import { sha256 } from '../hash';

/** Plain bytes of every chunk but the last. */
export const CHUNK_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const PREFIX_BYTES = 7;
export const SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES;
/** First bytes from 0xa0 to 0xbf: no text of any encoding begins so, and hardly any format. */
const LIKE_NOTHING = { mask: 0xe0, value: 0xa0 };

/** What opens a file: 32 and 7 bytes. */
export interface FileKey {
  readonly key: Bytes;
  readonly prefix: Bytes;
}

function randomKey(): FileKey {
  const random = crypto.getRandomValues(new Uint8Array(32 + PREFIX_BYTES));
  return { key: random.slice(0, 32), prefix: random.slice(32) };
}

/**
 * A fresh key, under which the encrypted file begins like no known type of files: one in thousands
 * would else be taken for a picture or a song that is broken, and refused by the server.
 */
export async function newFileKey(file: FileInput): Promise<FileKey> {
  const opened = openFile(file);
  const first = await bytesOf(opened, 0, Math.min(1, opened.size));
  opened.close();
  for (;;) {
    const fileKey = randomKey();
    const key = await importAesKey(fileKey.key);
    const sealed = await seal(key, nonce(fileKey, 0, opened.size <= CHUNK_BYTES), first);
    if (((sealed[0] ?? 0) & LIKE_NOTHING.mask) === LIKE_NOTHING.value) return fileKey;
  }
}

/** How many bytes a file has when it is encrypted. */
export function sealedSize(size: number): number {
  return size + chunksOf(size) * TAG_BYTES;
}

const chunksOf = (size: number) => Math.max(1, Math.ceil(size / CHUNK_BYTES));

/**
 * Encrypts a file chunk by chunk, in constant memory, from any chunk on and as often as an upload needs.
 * `hash`, of all tags, is known once every chunk was read.
 */
export class FileSealer {
  readonly #file: FileInput;
  readonly #fileKey: FileKey;
  readonly #tags: Bytes[] = [];

  constructor(file: FileInput, fileKey: FileKey) {
    this.#file = file;
    this.#fileKey = fileKey;
  }

  /** @throws ClientError `upload_incomplete` when the file is not the same as before */
  async *chunks(first = 0): AsyncGenerator<Bytes> {
    const key = await importAesKey(this.#fileKey.key);
    const file = openFile(this.#file);
    const count = chunksOf(file.size);
    try {
      for (let n = first; n < count; n++) {
        const length = Math.min(CHUNK_BYTES, file.size - n * CHUNK_BYTES);
        const plain = await bytesOf(file, n * CHUNK_BYTES, length);
        const sealed = await seal(key, nonce(this.#fileKey, n, n === count - 1), plain);
        this.#remember(n, sealed.slice(-TAG_BYTES));
        yield sealed;
      }
    } finally {
      file.close();
    }
  }

  hash(): Promise<Bytes> {
    return sha256(concat(...this.#tags));
  }

  /** Two contents under one nonce would tell of each other: the second one must not get out. */
  #remember(n: number, tag: Bytes): void {
    const before = this.#tags[n];
    if (before?.some((byte, at) => byte !== tag[at])) throw changed();
    this.#tags[n] = tag;
  }
}

async function bytesOf(file: OpenFile, from: number, length: number): Promise<Bytes> {
  if (length === 0) return new Uint8Array();
  const bytes = new Uint8Array(await (await file.read(from, length)).arrayBuffer());
  if (bytes.length < length) throw changed();
  return bytes;
}

const changed = () =>
  new ClientError('upload_incomplete', 'The file changed while it was sent', { temporary: false });

/** What the message says of a file: its plain bytes, and the hash of all tags. */
export interface FileFrame {
  readonly size: number;
  readonly hash: Bytes;
}

/**
 * Reads a stored, encrypted file: bytes from `start` up to, not including, `end`. `isFresh`: from the
 * server itself, past what a browser kept of it.
 */
export type ReadSealed = (start: number, end: number, isFresh: boolean) => Promise<Bytes>;

/**
 * A file that can be opened anywhere: it fetches and decrypts the chunks that are asked for. Each is
 * sure to be the one of that place; that all of them are the ones that were sent shows with the last.
 */
export class FileOpener {
  readonly #fileKey: FileKey;
  /** Plain bytes. */
  readonly #size: number;
  /** Of all tags. */
  readonly #hash: Bytes;
  readonly #read: ReadSealed;
  /** Of the chunks that were read. */
  readonly #tags = new Map<number, Bytes>();

  constructor(fileKey: FileKey, { size, hash }: FileFrame, read: ReadSealed) {
    this.#fileKey = fileKey;
    this.#size = size;
    this.#hash = hash;
    this.#read = read;
  }

  /** The plain bytes from `start` up to, not including, `end`. @throws Refusal `undecryptable` */
  async slice(start: number, end: number): Promise<Bytes> {
    const [from, to] = [Math.max(0, start), Math.min(end, this.#size)];
    const first = Math.floor(from / CHUNK_BYTES);
    const last = Math.max(first, Math.ceil(to / CHUNK_BYTES) - 1);
    const chunks: Bytes[] = [];
    for (let n = first; n <= last; n++) chunks.push(await this.chunk(n));
    return concat(...chunks).slice(from - first * CHUNK_BYTES, to - first * CHUNK_BYTES);
  }

  /** The whole file. @throws Refusal `undecryptable` */
  async *all(): AsyncGenerator<Bytes> {
    for (let n = 0; n < chunksOf(this.#size); n++) yield await this.#chunk(n, false);
  }

  /** The plain bytes from `n` times `CHUNK_BYTES` on, as many at most. @throws Refusal `undecryptable` */
  chunk(n: number): Promise<Bytes> {
    return this.#chunk(n, false).catch((fault: unknown) => {
      // A browser that kept a damaged one would give it out again and again.
      if (fault instanceof Refusal) return this.#chunk(n, true);
      throw fault;
    });
  }

  async #chunk(n: number, isFresh: boolean): Promise<Bytes> {
    const end = Math.min((n + 1) * SEALED_CHUNK, sealedSize(this.#size));
    const sealed = await this.#read(n * SEALED_CHUNK, end, isFresh);
    const plain = await this.#opened(n, sealed);
    await this.#note(n, sealed.slice(-TAG_BYTES));
    return plain;
  }

  async #opened(n: number, sealed: Bytes): Promise<Bytes> {
    const key = await importAesKey(this.#fileKey.key);
    const isLast = n === chunksOf(this.#size) - 1;
    const plain = await open(key, nonce(this.#fileKey, n, isLast), sealed);
    const expected = isLast ? this.#size - n * CHUNK_BYTES : CHUNK_BYTES;
    if (plain.length !== expected) throw new Refusal('undecryptable', 'The file was cut');
    return plain;
  }

  /** What its sender made can be another file in the same frame: `hash` says which one was meant. */
  async #note(n: number, tag: Bytes): Promise<void> {
    const count = chunksOf(this.#size);
    this.#tags.set(n, tag);
    if (this.#tags.size < count) return;
    const all = Array.from({ length: count }, (_, at) => this.#tags.get(at) ?? tag);
    const found = await sha256(concat(...all));
    if (found.some((byte, at) => byte !== this.#hash[at])) {
      throw new Refusal('undecryptable', 'The file is not the one that was sent');
    }
  }
}

/** Prefix, counter, and whether it is the last: a chunk fits in one place of one file alone. */
function nonce({ prefix }: FileKey, counter: number, isLast: boolean): Bytes {
  const bytes = new Uint8Array(12);
  bytes.set(prefix);
  new DataView(bytes.buffer).setUint32(PREFIX_BYTES, counter);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}
