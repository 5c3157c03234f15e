import { ConfabError, type ErrorCode } from '@confab/protocol';
import { storageFull } from '../../../storage/blobs/faults';
import { invalidUpload, tooLarge } from '../receiving/faults';

const VERSION = '1.0.0';
/** Every answer says which version of the protocol is spoken here. */
export const TUS_HEADERS = { 'tus-resumable': VERSION, 'tus-version': VERSION } as const;

/** The media type of a piece of a file. */
export const CONTENT = 'application/offset+octet-stream';

/**
 * What a request must say of itself. The library would tell it in words for programmers.
 * @throws ConfabError `precondition_failed`, `unsupported_media_type`, `invalid`
 */
export function mustBeTus({ method, headers }: Request): void {
  if (headers.get('tus-resumable') !== VERSION) {
    throw new ConfabError('precondition_failed', `Send the header Tus-Resumable: ${VERSION}`);
  }
  if (method === 'PATCH') mustBePiece(headers);
}

function mustBePiece(headers: Headers): void {
  if (headers.get('content-type') !== CONTENT) {
    throw new ConfabError(
      'unsupported_media_type',
      `Send the bytes of the file with Content-Type ${CONTENT}`,
    );
  }
  if (!/^[0-9]{1,15}$/.test(headers.get('upload-offset') ?? '')) {
    throw invalidUpload('Upload-Offset', 'must be the bytes of the file that have come');
  }
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  403: 'not_found',
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
};
const WORDS: Partial<Record<ErrorCode, string>> = {
  not_found: 'There is no such upload',
  conflict: 'The upload is somewhere else. Ask for its Upload-Offset and go on from there.',
};

/** By the library, of a body that ended before its time: the client stalled, or the server stops. */
const ABORTED = 'Request aborted due to lock acquired';

/** What a request was about that the library refused. */
export interface Refused {
  readonly headers: Headers;
  /** Bytes that have come of the upload; undefined when there is none. */
  readonly come: number | undefined;
  /** Bytes that the whole file has. */
  readonly size: number;
  /** Bytes that a file may have. */
  readonly maxBytes: number;
}

/** What the protocol refuses, told as everything here is. Its own words are for programmers. */
export async function asConfabError(response: Response, refused: Refused): Promise<ConfabError> {
  const text = (await response.text()).trim();
  const { status } = response;
  if (status === 507) return storageFull();
  if (status >= 500 || text === ABORTED) {
    return new ConfabError('upload_incomplete', 'The upload broke off. Go on with it.');
  }
  if (status === 413) return overLong(refused);
  if (status === 409 && refused.come !== undefined) return elsewhere(refused.headers, refused.come);
  if (/metadata/i.test(text)) {
    return invalidUpload('Upload-Metadata', 'must be names with values in base64, between commas');
  }
  const code = CODES[status] ?? 'bad_request';
  return new ConfabError(code, WORDS[code] ?? 'This is no request of the tus protocol');
}

function overLong({ size, maxBytes }: Refused): ConfabError {
  if (size > maxBytes) return tooLarge(maxBytes);
  const bytes = size.toLocaleString('en');
  return new ConfabError('too_large', `More came than the ${bytes} bytes that Upload-Length says`);
}

function elsewhere(headers: Headers, come: number): ConfabError {
  const offset = Number(headers.get('upload-offset'));
  return new ConfabError(
    'conflict',
    `You go on from byte ${offset}, but ${come} have come. Go on from byte ${come}.`,
  );
}

/** Who may read the answer is decided where it is for all answers. */
export function withoutOrigins(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith('access-control-')) headers.delete(name);
  }
  headers.set('cache-control', 'no-store');
  return new Response(response.body, { status: response.status, headers });
}
