import type { MediaId, MessageId } from '@confab/protocol';
import { ClientError } from '../errors';
import type { Rest } from '../rest/rest';

const PATH = '/api/media/tus';
const VERSION = { 'Tus-Resumable': '1.0.0' };

export interface TusMetadata {
  readonly filename: string;
  readonly filetype: string;
  readonly messageId: MessageId | undefined;
  readonly isVoice: boolean;
}

/** How far the server is with an upload, and the file that it became. */
export interface TusState {
  readonly offset: number;
  readonly mediaId: MediaId | null;
}

interface Sending {
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

/** The requests of the tus protocol, version 1.0 (tus.io). */
export class Tus {
  readonly #rest: Pick<Rest, 'request'>;

  constructor(rest: Pick<Rest, 'request'>) {
    this.#rest = rest;
  }

  /** The largest file that the server takes, in bytes; null when it does not say. */
  async maxBytes(signal: AbortSignal): Promise<number | null> {
    const { headers } = await this.#rest.request({ method: 'OPTIONS', path: PATH, signal });
    const bytes = Number(headers.get('Tus-Max-Size') ?? Number.NaN);
    return Number.isSafeInteger(bytes) ? bytes : null;
  }

  /** Begins an upload. @returns its path */
  async create(size: number, metadata: TusMetadata, signal: AbortSignal): Promise<string> {
    const headers = {
      ...VERSION,
      'Upload-Length': String(size),
      'Upload-Metadata': metadataText(metadata),
    };
    const response = await this.#rest.request({ method: 'POST', path: PATH, headers, signal });
    // Of the address only the end is taken: tokens go to no other server.
    const id = /[^/?#]+$/.exec(response.headers.get('Location') ?? '')?.[0];
    if (id === undefined) throw notTus();
    return `${PATH}/${id}`;
  }

  /** Fails with `not_found` when the server does not have the upload (any more). */
  async state(path: string, signal: AbortSignal): Promise<TusState> {
    return readState(await this.#rest.request({ method: 'HEAD', path, headers: VERSION, signal }));
  }

  async append(path: string, offset: number, body: Blob, sending: Sending): Promise<TusState> {
    const headers = {
      ...VERSION,
      'Upload-Offset': String(offset),
      'Content-Type': 'application/offset+octet-stream',
    };
    return readState(
      await this.#rest.request({ method: 'PATCH', path, headers, body, ...sending }),
    );
  }

  async terminate(path: string, signal: AbortSignal): Promise<void> {
    await this.#rest.request({ method: 'DELETE', path, headers: VERSION, signal });
  }
}

function readState({ headers }: Response): TusState {
  const offset = Number(headers.get('Upload-Offset') ?? Number.NaN);
  if (!Number.isSafeInteger(offset)) throw notTus();
  const mediaId = headers.get('X-Media-Id');
  return { offset, mediaId: mediaId === null ? null : (Number(mediaId) as MediaId) };
}

const notTus = () =>
  new ClientError('bad_answer', 'The server does not answer by the tus protocol');

function metadataText({ filename, filetype, messageId, isVoice }: TusMetadata): string {
  const fields: Record<string, string> = {
    filename,
    ...(filetype === '' ? {} : { filetype }),
    ...(messageId === undefined ? {} : { message_id: String(messageId) }),
    ...(isVoice ? { is_voice: '1' } : {}),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(',');
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
