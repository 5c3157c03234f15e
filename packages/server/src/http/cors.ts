const TUS = 'Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata';
const EXPOSED =
  'Retry-After, X-Request-Id, ETag, Content-Range, Content-Disposition, Accept-Ranges, Location, ' +
  `${TUS}, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Expires, X-Media-Id`;
const ALLOWED = `Authorization, Content-Type, Range, If-Range, If-None-Match, ${TUS}`;

/** Which origins a browser's page may call from: this host itself, and those that are configured. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  /** @param host the request's Host header */
  allows(origin: string, host: string | null): boolean {
    if (this.#allowed.has('*') || this.#allowed.has(origin)) return true;
    return host !== null && URL.parse(origin)?.host === host;
  }

  /** CORS headers for an answer, none when the origin is not configured. */
  headers(origin: string | null): Record<string, string> {
    if (origin === null || !(this.#allowed.has('*') || this.#allowed.has(origin))) return {};
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED,
      vary: 'Origin',
    };
  }

  /** What an answer to OPTIONS says besides. */
  preflight(origin: string | null): Record<string, string> {
    if (Object.keys(this.headers(origin)).length === 0) return {};
    return {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': ALLOWED,
      'access-control-max-age': '600',
    };
  }
}
