import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Context, Handler } from 'hono';

// Off the main thread: megabytes take tens of milliseconds, and sockets are waiting.
const packed = promisify(gzip);
const unpacked = promisify(gunzip);

/** Something that never changes while the server runs: a page, a document, an asset. */
export interface Resource {
  /** Its media type, with charset. */
  type: string;
  load(): string | Uint8Array | Promise<string | Uint8Array>;
  headers?: Readonly<Record<string, string>>;
}

interface Stored {
  etag: string;
  gzipped: Uint8Array<ArrayBuffer>;
}

/**
 * Serves a resource that is loaded when it is first asked for. Only its compressed form is kept:
 * the viewers' bundles weigh megabytes, and few clients want them uncompressed.
 */
export function serve(resource: Resource): Handler {
  let stored: Promise<Stored> | undefined;
  return async (context) => {
    stored ??= store(resource).catch((error: unknown) => {
      stored = undefined;
      throw error;
    });
    return answer(context, resource, await stored);
  };
}

async function store(resource: Resource): Promise<Stored> {
  const body = await resource.load();
  const hash = createHash('sha256').update(body).digest('base64url');
  // Weak, as it stands for the compressed and the plain form alike.
  return { etag: `W/"${hash.slice(0, 22)}"`, gzipped: new Uint8Array(await packed(body)) };
}

async function answer(
  context: Context,
  { type, headers }: Resource,
  { etag, gzipped }: Stored,
): Promise<Response> {
  const common = {
    etag,
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...headers,
  };
  if (matches(context.req.header('if-none-match'), etag)) return context.body(null, 304, common);
  const asGzip = acceptsGzip(context.req.header('accept-encoding'));
  const body = asGzip ? gzipped : new Uint8Array(await unpacked(gzipped));
  return context.body(body, 200, {
    ...common,
    'content-type': type,
    // Told, so that the answer to HEAD, which loses the body later on, has it too.
    'content-length': String(body.byteLength),
    ...(asGzip ? { 'content-encoding': 'gzip' } : {}),
  });
}

/** RFC 9110 §13.1.2, by weak comparison. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '')
    .split(',')
    .some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}

function acceptsGzip(acceptEncoding = ''): boolean {
  return acceptEncoding
    .split(',')
    .some((offer) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(offer));
}
