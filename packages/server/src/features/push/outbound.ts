import type { Clock } from '../../lib/clock';
import { readRetryAfter } from './retry';

/** A provider that does not answer within this time is tried again later. */
export const TIMEOUT_MS = 10_000;
/** Answers are short; more of them is not read. */
const MAX_ANSWER_BYTES = 16 * 1024;

export interface Post {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** The certificate must be of this name, where `url` names an address. */
  readonly serverName?: string | undefined;
}

/** What came of a request. Redirects are not followed: they are answers like others. */
export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'unreachable' };

/** Posts to other servers, with a time limit. */
export class Outbound {
  readonly #clock: Clock;
  readonly #ca: string | undefined;
  readonly #closing = new AbortController();

  /** @param ca whose certificates are good, in place of the usual authorities' */
  constructor(clock: Clock, ca?: string) {
    this.#clock = clock;
    this.#ca = ca;
  }

  /** Never rejects. */
  async post(post: Post): Promise<Posted> {
    const timeout = new AbortController();
    const cancel = this.#clock.after(TIMEOUT_MS, () => timeout.abort());
    try {
      return await this.#exchange(post, AbortSignal.any([timeout.signal, this.#closing.signal]));
    } catch {
      return { kind: timeout.signal.aborted ? 'timed_out' : 'unreachable' };
    } finally {
      cancel();
    }
  }

  async #exchange(post: Post, signal: AbortSignal): Promise<Posted> {
    const { url, headers, body, serverName } = post;
    const init: BunFetchRequestInit = { method: 'POST', headers, body, signal, redirect: 'manual' };
    if (serverName !== undefined) init.tls = { serverName, ...(this.#ca && { ca: this.#ca }) };
    const response = await fetch(url, init);
    return {
      kind: 'answered',
      status: response.status,
      text: await beginningOf(response),
      retryAfterMs: readRetryAfter(response.headers.get('retry-after'), this.#clock.now()),
    };
  }

  close(): void {
    this.#closing.abort();
  }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES);
}
