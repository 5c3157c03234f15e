import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ConfabError, LIMITS } from '@confab/protocol';
import busboy from 'busboy';
import { diskFault } from '../../../storage/blobs/faults';
import { type BodyOptions, bodyOf } from './body-reader';
import { brokenOff, invalidUpload, tooLarge } from './faults';
import { cleanFileName } from './file-name';
import { release } from './release';
import { writeAll } from './write-all';

export interface Received {
  readonly path: string;
  readonly filename: string;
  readonly claimedType: string;
  size: number;
}

export interface ReceivedFile extends Received {
  readonly isVoice: boolean;
  /** Of the resumable upload that it came by. */
  readonly uploadId: string | null;
  /** The picture that its sender made of a video. */
  poster: Received | null;
}

export interface MultipartOptions extends BodyOptions {
  /** Where the files are written. */
  folder: string;
  maxFileBytes: number;
  /** Bytes of a part that is kept came. Refuses more by throwing. */
  onPart: (part: Part, bytes: number) => void;
}

export type Part = 'file' | 'poster';

/** A picture of the size of a screen, for a thumbnail. */
const MAX_POSTER_BYTES = 10 * 1024 * 1024;
/** Everything of a request that is no file: boundaries, headers, fields. */
const OVERHEAD = 256 * 1024;
const MAX_FIELDS = 2 * LIMITS.filesPerMessage;
const MAX_FIELD_BYTES = 64;

/**
 * Writes the files of a multipart body to a folder as they come, with constant memory.
 * @throws ConfabError `unsupported_media_type`, `invalid`, `too_large`, `upload_incomplete`,
 * `storage_full`
 */
export async function receiveMultipart(
  request: Request,
  options: MultipartOptions,
): Promise<ReceivedFile[]> {
  // Every file may have a poster.
  const most = 2 * LIMITS.filesPerMessage * options.maxFileBytes + OVERHEAD;
  if (Number(request.headers.get('content-length') ?? 0) > most) {
    throw tooLarge(options.maxFileBytes);
  }
  const reception = new Reception(parserOf(request, options), options);
  return reception.receive(request);
}

function parserOf(request: Request, { maxFileBytes }: MultipartOptions): busboy.Busboy {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new ConfabError('unsupported_media_type', 'Send the files as multipart/form-data');
  }
  try {
    return busboy({
      headers: { 'content-type': type },
      defParamCharset: 'utf8',
      limits: {
        files: 2 * LIMITS.filesPerMessage + 1,
        // One more than allowed, so that a file of just the limit is not taken for one over it.
        fileSize: maxFileBytes + 1,
        fields: MAX_FIELDS,
        fieldSize: MAX_FIELD_BYTES,
        fieldNameSize: MAX_FIELD_BYTES,
        headerPairs: 20,
      },
    });
  } catch {
    throw invalidUpload('content-type', 'has no boundary');
  }
}

class Reception {
  readonly #parser: busboy.Busboy;
  readonly #options: MultipartOptions;
  readonly #files: ReceivedFile[] = [];
  readonly #writing: Promise<void>[] = [];
  readonly #ended: Promise<unknown>;
  #failure: unknown;
  /** Ends the wait for what nobody wants any more. */
  readonly #broken = new AbortController();
  #isVoice = false;
  #count = 0;
  /** Files whose content is coming. */
  #open = 0;
  #outside = 0;

  constructor(parser: busboy.Busboy, options: MultipartOptions) {
    this.#parser = parser;
    this.#options = options;
    parser.on('field', (name, value) => this.#field(name, value));
    parser.on('file', (name, stream, info) => this.#file(name, stream, info));
    parser.on('fieldsLimit', () => this.#fail(invalidUpload('fields', 'are too many')));
    parser.on('filesLimit', () => this.#fail(tooManyFiles()));
    parser.on('error', (error) => this.#fail(parseError(error)));
    this.#ended = new Promise((resolve) => parser.once('close', resolve));
    const { ended } = options;
    ended?.addEventListener('abort', () => this.#fail(ended.reason), { once: true });
  }

  async receive(request: Request): Promise<ReceivedFile[]> {
    try {
      const options = { ...this.#options, ended: this.#broken.signal };
      for await (const chunk of bodyOf(request, options)) {
        await this.#counted(chunk);
        if (this.#failure) break;
      }
      if (!this.#failure) this.#parser.end();
    } catch (error) {
      this.#fail(error);
    }
    await this.#ended;
    await Promise.all(this.#writing);
    if (this.#failure) throw this.#failure;
    if (this.#files.length === 0) throw noFile();
    return this.#files;
  }

  /** What belongs to no file is limited as a whole: boundaries, fields, and what is none of those. */
  async #counted(chunk: Uint8Array): Promise<void> {
    const [open, begun] = [this.#open, this.#count];
    await this.#take(chunk);
    if (open > 0 || this.#count > begun) return;
    this.#outside += chunk.length;
    if (this.#outside > OVERHEAD) this.#fail(invalidUpload('body', 'has too much besides files'));
  }

  async #take(chunk: Uint8Array): Promise<void> {
    if (this.#parser.write(chunk)) return;
    await Promise.race([once(this.#parser, 'drain'), this.#ended]).catch((error) =>
      this.#fail(parseError(error)),
    );
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#parser.destroy();
    this.#broken.abort(this.#failure);
  }

  #field(name: string, value: string): void {
    if (name === 'is_voice') this.#isVoice = value === '1' || value === 'true';
  }

  #file(name: string, stream: Readable, info: busboy.FileInfo): void {
    // Else an upload that breaks off would be an error that nobody hears.
    stream.on('error', () => {});
    this.#open++;
    stream.once('close', () => this.#open--);
    const received = this.#begin(info);
    if (name === 'file') this.#add(received);
    else if (name === 'poster') this.#addPoster(received);
    else return void this.#ignore(stream);
    if (this.#failure) return void stream.resume();
    this.#writing.push(this.#save(name, received, stream).catch((error) => this.#fail(error)));
  }

  #ignore(stream: Readable): void {
    stream.on('limit', () => this.#fail(tooLarge(this.#options.maxFileBytes)));
    stream.resume();
  }

  #begin({ filename, mimeType }: busboy.FileInfo): Received {
    const path = join(this.#options.folder, `file-${this.#count++}`);
    return {
      path,
      filename: cleanFileName(unescaped(filename ?? '')),
      claimedType: mimeType,
      size: 0,
    };
  }

  #add(received: Received): void {
    if (this.#files.length === LIMITS.filesPerMessage) this.#fail(tooManyFiles());
    const plain = { isVoice: this.#isVoice, uploadId: null, poster: null };
    this.#files.push(Object.assign(received, plain));
    this.#isVoice = false;
  }

  #addPoster(received: Received): void {
    const file = this.#files.at(-1);
    if (!file || file.poster) this.#fail(invalidUpload('poster', 'must come after its video'));
    else file.poster = received;
  }

  async #save(part: Part, received: Received, stream: Readable): Promise<void> {
    const { maxFileBytes, onPart } = this.#options;
    const most = part === 'poster' ? Math.min(MAX_POSTER_BYTES, maxFileBytes) : maxFileBytes;
    try {
      const file = await open(received.path, 'wx', 0o600);
      try {
        for await (const chunk of stream) {
          received.size += chunk.length;
          if (received.size > most) throw tooLarge(most);
          onPart(part, chunk.length);
          await writeAll(file, chunk);
          release(chunk);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      throw this.#failure ?? diskFault(error);
    }
    if (received.size === 0) throw invalidUpload('file', 'is empty');
  }
}

/** Forms write these characters so, and no others: a percent sign may be one (HTML, section 4.10.22.8). */
const ESCAPED: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };
const unescaped = (name: string): string =>
  name.replace(/%22|%0D|%0A/g, (written) => ESCAPED[written] ?? written);

const noFile = () => invalidUpload('file', 'is missing', 'Send the file in a field named “file”.');

const tooManyFiles = () =>
  invalidUpload('file', `may be there ${LIMITS.filesPerMessage} times at most`);

/** The parser tells no more of it; in what clients send it is a name. */
const unreadableHeader = () =>
  invalidUpload(
    'filename',
    'must have no control characters',
    'The header of a file cannot be read: its name must have no control characters.',
  );

function parseError(error: unknown): unknown {
  if (error instanceof ConfabError) return error;
  const text = error instanceof Error ? error.message : '';
  if (/unexpected end/i.test(text)) return brokenOff();
  if (/malformed part header/i.test(text)) return unreadableHeader();
  return invalidUpload('body', 'is no multipart body');
}
