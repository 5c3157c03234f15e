import { ConfabError } from '@confab/protocol';
import type { BlobKey } from '../../../storage/blobs/blob-key';
import type { BlobStore, ByteRange } from '../../../storage/blobs/blob-store';
import { missingBlob } from '../../../storage/blobs/faults';
import { etagOf, isOtherWanted, isPartAllowed, isUnchanged } from './conditions';
import { contentDisposition } from './content-disposition';
import { wantedRange } from './range';

export interface ServedFile {
  readonly key: BlobKey;
  /** Bytes. */
  readonly size: number;
  readonly mimeType: string;
  /** As its sender named it. */
  readonly filename: string;
  /** `checked`: who may see it is asked each time. `open`: whoever knows its address may. */
  readonly access: 'checked' | 'open';
}

export interface ServedRequest {
  /** GET, or HEAD. */
  readonly method: string;
  readonly headers: Headers;
  /** To be saved, whatever it is. */
  readonly download?: boolean;
}

/**
 * Answers with a file, or the part of it that is wanted, as RFC 9110 has it.
 * @throws ConfabError `range_not_satisfiable`, `precondition_failed`, `not_found` when the store has
 * lost it
 */
export async function serveFile(
  request: ServedRequest,
  file: ServedFile,
  store: BlobStore,
): Promise<Response> {
  const etag = etagOf(file.key);
  const { headers } = request;
  if (isOtherWanted(headers.get('if-match'), etag)) throw otherVersion();
  const always = cachingHeaders(file, etag);
  if (isUnchanged(headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers: always });
  }
  const all = { ...always, ...contentHeaders(file, request.download === true) };
  if (request.method === 'HEAD') return headOf(file, store, all);
  const range = rangeOf(headers, file.size, etag);
  const body = await store.read(file.key, range);
  if (body === undefined) throw missingBlob();
  return new Response(body, range ? part(range, file.size, all) : whole(file.size, all));
}

const otherVersion = () =>
  new ConfabError('precondition_failed', 'The file is not the version that If-Match names');

/** A range concerns GET alone (section 14.2). */
async function headOf(file: ServedFile, store: BlobStore, headers: Record<string, string>) {
  if ((await store.size(file.key)) === undefined) throw missingBlob();
  return new Response(null, whole(file.size, headers));
}

function rangeOf(headers: Headers, size: number, etag: string): ByteRange | undefined {
  if (!isPartAllowed(headers.get('if-range'), etag)) return undefined;
  const wanted = wantedRange(headers.get('range'), size);
  switch (wanted.kind) {
    case 'whole':
      return undefined;
    case 'part':
      return wanted.range;
    case 'unsatisfiable':
      throw new ConfabError('range_not_satisfiable', `The file has ${size} bytes`, {
        fileSize: size,
      });
  }
}

/** Of a stream Bun tells no length, as it sends it in chunks. */
const whole = (size: number, headers: Record<string, string>): ResponseInit => ({
  status: 200,
  headers: { ...headers, 'content-length': String(size) },
});

const part = ({ start, end }: ByteRange, size: number, headers: Record<string, string>) => ({
  status: 206,
  headers: {
    ...headers,
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${size}`,
  },
});

/**
 * Content never changes, but who may see it does: a copy is good only after asking again, which
 * costs one answer without a body. `no-transform`: a proxy that recompressed it would break ranges.
 */
function cachingHeaders({ access }: ServedFile, etag: string): Record<string, string> {
  const caching =
    access === 'checked'
      ? 'private, no-cache, no-transform'
      : 'public, max-age=86400, immutable, no-transform';
  return { etag, 'cache-control': caching, 'accept-ranges': 'bytes' };
}

/** Files come from strangers: none may act as a page of this host, or tell where it was seen. */
function contentHeaders(file: ServedFile, download: boolean): Record<string, string> {
  const kind = !download && isInlineType(file.mimeType) ? 'inline' : 'attachment';
  return {
    'content-type': contentType(file.mimeType),
    'content-disposition': contentDisposition(kind, file.filename),
    'content-security-policy': CONTENT_POLICY[kind],
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/**
 * Opened in a tab of its own, an image or video is a page of the browser's making that loads it
 * from here once more, which a page without an origin could not. No script runs in either.
 */
const CONTENT_POLICY = {
  inline:
    "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
  attachment: "sandbox; default-src 'none'",
} as const;

const INLINE_IMAGES = new Set(['jpeg', 'png', 'gif', 'webp', 'avif', 'heic', 'bmp']);
const MIME_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,100}$/;

/** What browsers show without running anything in it; SVG and documents are not among it. */
function isInlineType(mimeType: string): boolean {
  if (!MIME_TYPE.test(mimeType)) return false;
  const [type, subtype = ''] = mimeType.split('/');
  return type === 'image' ? INLINE_IMAGES.has(subtype) : type === 'audio' || type === 'video';
}

function contentType(mimeType: string): string {
  if (!MIME_TYPE.test(mimeType)) return 'application/octet-stream';
  return mimeType.startsWith('text/') ? `${mimeType}; charset=utf-8` : mimeType;
}
