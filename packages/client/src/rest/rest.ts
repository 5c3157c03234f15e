import {
  ENDPOINTS,
  type Endpoint,
  type EndpointBodyInput,
  type EndpointName,
  type EndpointParams,
  type EndpointQuery,
  type EndpointResponse,
} from '@confab/protocol';
import { asClientError, ClientError, RestError, restError } from '../errors';
import type { Runtime } from '../runtime';
import { type RawRequest, sendRaw } from './raw-request';
import { TokenKeeper } from './token-keeper';
import { type TokenSet, type TokenStore, tokenSet } from './tokens';
import { endpointUrl } from './url';

type EndpointOf<N extends EndpointName> = (typeof ENDPOINTS)[N];

type Part<K extends string, T> = T extends undefined
  ? { readonly [P in K]?: undefined }
  : object extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** What a call takes: the endpoint's path parameters, query and body. */
export type CallInput<E extends Endpoint> = Part<'params', EndpointParams<E>> &
  Part<'query', E['query'] extends object ? Partial<EndpointQuery<E>> : undefined> &
  Part<'body', EndpointBodyInput<E>>;

type CallArguments<E extends Endpoint> =
  object extends CallInput<E> ? [input?: CallInput<E>] : [input: CallInput<E>];

/** What a call answers: the endpoint's response, or nothing. */
export type CallAnswer<E extends Endpoint> =
  EndpointResponse<E> extends undefined ? undefined : EndpointResponse<E>;

interface LooseInput {
  readonly params?: Record<string, unknown> | undefined;
  readonly query?: Record<string, unknown> | undefined;
  readonly body?: unknown;
}

/** How long an answer may take until it begins, milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** And how long it may take from there: a sync after a long absence is many megabytes. */
const BODY_TIMEOUT_MS = 180_000;
/** One for a token that ended, one more when another client's token turned out to be old too. */
const MAX_RENEWALS = 2;

export interface RestOptions {
  readonly server: string;
  readonly tokens: TokenStore;
  readonly runtime: Pick<Runtime, 'fetch' | 'now' | 'setTimer' | 'upload'>;
}

/**
 * Typed REST calls. Fails with a RestError when the server refuses, with a ClientError (`network`,
 * `timeout`, `signed_out`, `bad_answer`) when it cannot be asked. An access token that ended is
 * renewed, and the call made again, without the caller noticing.
 */
export class Rest {
  readonly tokens: TokenKeeper;
  readonly #server: string;
  readonly #runtime: RestOptions['runtime'];

  constructor(options: RestOptions) {
    this.#server = options.server;
    this.#runtime = options.runtime;
    this.tokens = new TokenKeeper(options.tokens, (token) => this.#refresh(token));
  }

  async call<N extends EndpointName>(
    name: N,
    ...[input]: CallArguments<EndpointOf<N>>
  ): Promise<CallAnswer<EndpointOf<N>>> {
    const answer = await this.#call(name, (input ?? {}) as LooseInput, readAnswer);
    return answer as CallAnswer<EndpointOf<N>>;
  }

  /** As `call`, for answers that are no JSON: the response comes when it begins, to be read bit by bit. */
  open<N extends EndpointName>(
    name: N,
    ...[input]: CallArguments<EndpointOf<N>>
  ): Promise<Response> {
    return this.#call(name, (input ?? {}) as LooseInput, goodResponse);
  }

  /** A signed request with a body that is no JSON, or with headers of its own; the good response. */
  async request(raw: RawRequest): Promise<Response> {
    const surroundings = { server: this.#server, runtime: this.#runtime };
    return this.#signed((tokens) => sendRaw(surroundings, raw, tokens));
  }

  /** The whole address of a path on the server. */
  address(path: string): string {
    return this.#server + path;
  }

  #call<T>(name: EndpointName, input: LooseInput, read: Read<T>): Promise<T> {
    const endpoint: Endpoint = ENDPOINTS[name];
    const send = (tokens: TokenSet | null) => this.#send(endpoint, input, tokens, read);
    return endpoint.auth ? this.#signed(send) : send(null);
  }

  async #signed<T>(send: (tokens: TokenSet) => Promise<T>): Promise<T> {
    let tokens = await this.tokens.require();
    for (let renewals = 0; ; renewals++) {
      try {
        return await send(tokens);
      } catch (error) {
        if (!isStale(error) || renewals === MAX_RENEWALS) throw error;
        tokens = await this.tokens.renew(tokens);
      }
    }
  }

  async #refresh(refreshToken: string): Promise<TokenSet> {
    const answer = await this.call('refresh', { body: { refresh_token: refreshToken } });
    return tokenSet(answer, this.#runtime.now());
  }

  async #send<T>(
    endpoint: Endpoint,
    input: LooseInput,
    tokens: TokenSet | null,
    read: Read<T>,
  ): Promise<T> {
    const url = endpointUrl(this.#server, endpoint, input.params, input.query);
    const controller = new AbortController();
    const abortIn = (ms: number) => this.#runtime.setTimer(() => controller.abort(), ms);
    let stop = abortIn(REQUEST_TIMEOUT_MS);
    try {
      const response = await this.#runtime.fetch(url, {
        ...requestInit(endpoint, input.body, tokens),
        signal: controller.signal,
      });
      stop();
      stop = abortIn(BODY_TIMEOUT_MS);
      return await read(response);
    } catch (error) {
      throw asClientError(error, this.#server, controller.signal.aborted);
    } finally {
      stop();
    }
  }
}

function requestInit(endpoint: Endpoint, body: unknown, tokens: TokenSet | null): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (tokens) headers.Authorization = `Bearer ${tokens.access_token}`;
  const init: RequestInit = { method: endpoint.method.toUpperCase(), headers };
  if (body === undefined) return init;
  headers['Content-Type'] = 'application/json';
  return { ...init, body: JSON.stringify(body) };
}

type Read<T> = (response: Response) => Promise<T>;

async function goodResponse(response: Response): Promise<Response> {
  if (!response.ok) throw await restError(response);
  return response;
}

async function readAnswer(response: Response): Promise<unknown> {
  if (!response.ok) throw await restError(response);
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClientError('bad_answer', 'The server answered something that is not JSON', {
      cause,
    });
  }
}

/** How a session ended only the answer to its refresh token tells. */
const STALE: ReadonlySet<string> = new Set(['token_expired', 'invalid_token', 'session_revoked']);

const isStale = (error: unknown) => error instanceof RestError && STALE.has(error.code);
