import { asClientError, cancelled, RestError, restError } from '../errors';
import { uploadBy } from '../media/sending';
import type { Runtime } from '../runtime';
import type { TokenSet } from './tokens';

export interface RawRequest {
  readonly method: string;
  /** On the server, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob;
  /** What of a browser's cache may be taken. */
  readonly cache?: RequestCache;
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
  /** How many bytes of the body have gone so far. */
  readonly onSent?: (bytes: number) => void;
}

interface Surroundings {
  readonly server: string;
  readonly runtime: Pick<Runtime, 'fetch' | 'setTimer' | 'upload'>;
}

/**
 * For so long nothing may move until the answer begins, milliseconds. The server looks into a file
 * before it answers to its last byte.
 */
const STALL_MS = 120_000;

/** Fails as `Rest.call` does, and with `cancelled` by the signal. */
export async function sendRaw(
  { server, runtime }: Surroundings,
  raw: RawRequest,
  tokens: TokenSet,
): Promise<Response> {
  const late = new AbortController();
  const watch = () => runtime.setTimer(() => late.abort(), STALL_MS);
  let stop = watch();
  const onSent = (bytes: number) => {
    stop();
    stop = watch();
    raw.onSent?.(bytes);
  };
  const { method, body, cache } = raw;
  const headers = { ...raw.headers, Authorization: `Bearer ${tokens.access_token}` };
  const upload = runtime.upload ?? uploadBy(runtime.fetch);
  const signal = AbortSignal.any([raw.signal, late.signal]);
  const init = { method, headers, signal, ...(cache ? { cache } : {}) };
  try {
    const url = server + raw.path;
    const response = body
      ? await upload(url, { ...init, body }, onSent)
      : await runtime.fetch(url, init);
    if (method === 'HEAD' && response.status === 401) throw unexplained();
    if (!response.ok) throw await restError(response);
    return response;
  } catch (error) {
    if (raw.signal.aborted) throw cancelled();
    throw asClientError(error, server, late.signal.aborted);
  } finally {
    stop();
  }
}

/** Answers to HEAD have no body that says more. If the session is over, its renewal will tell. */
const unexplained = () => new RestError(401, 'token_expired', 'The access token is not good');
