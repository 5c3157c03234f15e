type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends a body and tells how many of its bytes have gone so far. */
export type UploadCall = (
  url: string,
  init: RequestInit & { body: Blob },
  onSent: (bytes: number) => void,
) => Promise<Response>;

/** Sends a body with `fetch`, which tells nothing of its progress: the body itself is watched. */
export function uploadBy(fetch: Fetch): UploadCall {
  return async (url, init, onSent) => {
    if (init.body.size === 0 || !sendsStreams()) {
      const response = await fetch(url, init);
      onSent(init.body.size);
      return response;
    }
    const body = counted(init.body, onSent);
    return fetch(url, { ...init, body, duplex: 'half' } as RequestInit);
  };
}

/** Browsers send streams over HTTP/2 alone, if at all. */
function sendsStreams(): boolean {
  return /^(Bun|Node)/.test(globalThis.navigator?.userAgent ?? '');
}

function counted(body: Blob, onSent: (bytes: number) => void): ReadableStream<Uint8Array> {
  const reader = body.stream().getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Whoever asks for more has sent what it had.
        onSent(bytes);
        const { done, value } = await reader.read();
        if (done) return controller.close();
        bytes += value.length;
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Sends a body in a browser, whose `fetch` cannot tell how far it is. */
export const uploadByXhr: UploadCall = (url, init, onSent) => {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const request = new XMLHttpRequest();
  request.open(init.method ?? 'POST', url);
  new Headers(init.headers).forEach((value, name) => {
    request.setRequestHeader(name, value);
  });
  request.responseType = 'blob';
  request.upload.onprogress = ({ loaded }) => onSent(loaded);
  request.onload = () => resolve(responseOf(request));
  request.onerror = () => reject(new TypeError('The network failed'));
  request.onabort = () => reject(new DOMException('Aborted', 'AbortError'));
  const abort = () => request.abort();
  init.signal?.addEventListener('abort', abort);
  if (init.signal?.aborted) reject(new DOMException('Aborted', 'AbortError'));
  else request.send(init.body);
  return promise.finally(() => init.signal?.removeEventListener('abort', abort));
};

function responseOf(request: XMLHttpRequest): Response {
  const { status, statusText } = request;
  const headers = new Headers();
  for (const line of request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/)) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.append(name, value);
  }
  const isBodiless = status === 204 || status === 205 || status === 304;
  return new Response(isBodiless ? null : (request.response as Blob), {
    status,
    statusText,
    headers,
  });
}

/**
 * What ends a request that ends an upload: the signal, but not once everything has gone. Of a file
 * that the server took the answer must be heard, or nobody could delete it.
 */
export function unlessSent(
  signal: AbortSignal,
  size: number,
  onSent: (bytes: number) => void,
): { signal: AbortSignal; onSent: (bytes: number) => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    signal: controller.signal,
    onSent: (bytes) => {
      if (bytes >= size) signal.removeEventListener('abort', abort);
      onSent(bytes);
    },
  };
}
