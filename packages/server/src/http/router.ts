import { ConfabError, type Endpoint, LIMITS, validated } from '@confab/protocol';
import type { Context, Hono } from 'hono';
import type { Clock } from '../lib/clock';
import { type BadBodies, senderOf } from './bad-bodies';
import { readBody } from './body';
import {
  type Caller,
  type Handler,
  type HandlerInput,
  Other,
  type RawHandler,
  type RequestInfo,
  type Router,
} from './contract';

export interface RequestContext {
  requestId: string;
  info: RequestInfo;
  /** Where the client finds this server. */
  origin: () => string;
  /** Of its answer, also of a refusal. */
  headers: Record<string, string>;
}

export type AppEnv = { Bindings: RequestContext };

/** Checks a bearer token. @throws ConfabError with a 401 or 403 code */
export type Authenticate = (token: string) => Promise<Caller>;

/** Checks that a caller has the server role `admin`. @throws ConfabError `forbidden` */
export type MustBeAdmin = (userId: number) => Promise<void>;

export interface RouterDeps {
  clock: Clock;
  authenticate: Authenticate;
  mustBeAdmin: MustBeAdmin;
  /** Checks that a caller's session lives. @throws ConfabError `session_revoked` or `account_inactive` */
  mustLive: (caller: Caller) => Promise<void>;
  badBodies: BadBodies;
}

/** The contract's endpoints on Hono: reads, checks and answers as each endpoint describes. */
export class HonoRouter implements Router {
  readonly #app: Hono<AppEnv>;
  readonly #deps: RouterDeps;
  /** What there is, to answer 405 and OPTIONS; made when everything is bound. */
  #patterns: { pattern: RegExp; method: string }[] | undefined;

  constructor(app: Hono<AppEnv>, deps: RouterDeps) {
    this.#app = app;
    this.#deps = deps;
  }

  on<E extends Endpoint>(endpoint: E, handler: Handler<E>): void {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    this.#app.on(endpoint.method.toUpperCase(), path, async (c) => {
      const input = await this.#input(endpoint, c);
      const answer = await handler(input);
      const isStream = answer instanceof Response;
      if (c.req.raw.method === 'HEAD' && isStream) return withoutBody(answer);
      return respond(endpoint, answer);
    });
  }

  raw(method: string, path: string, handler: () => Response): void {
    this.#app.on(method, path, () => handler());
  }

  rawSigned(
    method: string,
    path: string,
    handler: RawHandler,
    headers: Readonly<Record<string, string>>,
  ): void {
    // HEAD comes to where GET does; where only HEAD is meant, GET finds nothing.
    const isHead = method === 'HEAD';
    this.#app.on(isHead ? 'GET' : method, path, async (c) => {
      const { raw } = c.req;
      Object.assign(c.env.headers, headers);
      if (isHead && raw.method !== 'HEAD') {
        throw new ConfabError('not_found', 'There is nothing here');
      }
      const caller = await this.#caller(c.req.header('authorization'));
      return handler({ caller, raw, param: (name) => c.req.param(name) });
    });
  }

  /** What a path answers to, ours and the documents'; nothing when there is no such path. */
  methodsOf(path: string): Set<string> {
    this.#patterns ??= this.#app.routes.map((route) => ({
      pattern: patternOf(route.path),
      method: route.method,
    }));
    const fits = this.#patterns.filter(({ pattern }) => pattern.test(path));
    return new Set(fits.map(({ method }) => method));
  }

  async #input<E extends Endpoint>(endpoint: E, c: Context<AppEnv>): Promise<HandlerInput<E>> {
    const caller = endpoint.auth ? await this.#caller(c.req.header('authorization')) : undefined;
    if (endpoint.admin && caller) await this.#deps.mustBeAdmin(caller.userId);
    const params = endpoint.params && validated(endpoint.params, c.req.param(), 'The path');
    const query = endpoint.query && validated(endpoint.query, c.req.query(), 'The query');
    const body = endpoint.body && (await this.#body(endpoint, c, caller));
    return { caller, params, query, body, request: c.env.info, raw: c.req.raw } as HandlerInput<E>;
  }

  async #body(endpoint: Endpoint, c: Context<AppEnv>, caller: Caller | undefined) {
    const { schema, takesForm, maxBytes } = bodyRules(endpoint);
    const { raw } = c.req;
    const { clock, badBodies, mustLive } = this.#deps;
    const size = Math.min(Number(raw.headers.get('content-length') ?? maxBytes), maxBytes);
    const body = await badBodies.counting(senderOf(caller, c.env.info), size, async () =>
      validated(schema, await readBody(raw, { clock, takesForm, maxBytes }), 'The body'),
    );
    // A body may take its time, in which its sender was signed out or locked out.
    if (caller) await mustLive(caller);
    return body;
  }

  #caller(header: string | undefined): Promise<Caller> {
    const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    if (!token) {
      throw new ConfabError('unauthorized', 'Send the header Authorization: Bearer <access token>');
    }
    return this.#deps.authenticate(token);
  }
}

function bodyRules({ body, form = false, bodyBytes = LIMITS.bodyBytes }: Endpoint) {
  if (!body) throw new Error('This endpoint takes no body');
  return { schema: body, takesForm: form, maxBytes: bodyBytes };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`);
}

function respond(endpoint: Endpoint, answer: unknown): Response {
  if (answer instanceof Response) return answer;
  if (!endpoint.response) return new Response(null, { status: endpoint.status });
  if (answer instanceof Other) return json(answer.body, endpoint.otherStatus ?? endpoint.status);
  return json(answer, endpoint.status);
}

/** HEAD is answered by what answers GET; a body that nobody will read must be told so. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  const answer = new Response(null, response);
  // Else the runtime tells the length of this body, which is none.
  if (!answer.headers.has('content-length')) answer.headers.set('transfer-encoding', 'chunked');
  return answer;
}

function json(body: unknown, status: number): Response {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    // For HEAD, whose answer has no body that would tell.
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
  };
  return new Response(text, { status, headers });
}
