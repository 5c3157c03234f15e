import { ConfabError, type Endpoint, fieldErrors } from '@confab/protocol';
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { readBody } from './body';
import {
  type Caller,
  type Handler,
  type HandlerInput,
  Other,
  type RequestInfo,
  type Router,
} from './contract';

export interface RequestContext {
  requestId: string;
  info: RequestInfo;
}

export type AppEnv = { Bindings: RequestContext };

/** Checks a bearer token. @throws ConfabError with a 401 or 403 code */
export type Authenticate = (token: string) => Promise<Caller>;

/** Checks that a caller has the server role `admin`. @throws ConfabError `forbidden` */
export type MustBeAdmin = (userId: number) => Promise<void>;

/** The contract's endpoints on Hono: reads, checks and answers as each endpoint describes. */
export class HonoRouter implements Router {
  readonly #app: Hono<AppEnv>;
  readonly #authenticate: Authenticate;
  readonly #mustBeAdmin: MustBeAdmin;
  /** What there is, to answer 405 and OPTIONS; made when everything is bound. */
  #patterns: { pattern: RegExp; method: string }[] | undefined;

  constructor(app: Hono<AppEnv>, authenticate: Authenticate, mustBeAdmin: MustBeAdmin) {
    this.#app = app;
    this.#authenticate = authenticate;
    this.#mustBeAdmin = mustBeAdmin;
  }

  on<E extends Endpoint>(endpoint: E, handler: Handler<E>): void {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    this.#app.on(endpoint.method.toUpperCase(), path, async (c) => {
      const input = await this.#input(endpoint, c);
      const response = respond(endpoint, await handler(input));
      return c.req.raw.method === 'HEAD' ? withoutBody(response) : response;
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
    if (endpoint.admin && caller) await this.#mustBeAdmin(caller.userId);
    const params = endpoint.params && check(endpoint.params, c.req.param(), 'path');
    const query = endpoint.query && check(endpoint.query, c.req.query(), 'query');
    const body =
      endpoint.body &&
      check(endpoint.body, await readBody(c.req.raw, endpoint.form === true), 'body');
    return { caller, params, query, body, request: c.env.info } as HandlerInput<E>;
  }

  #caller(header: string | undefined): Promise<Caller> {
    const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    if (!token) {
      throw new ConfabError('unauthorized', 'Send the header Authorization: Bearer <access token>');
    }
    return this.#authenticate(token);
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`);
}

function check(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = fieldErrors(result.error);
  throw new ConfabError('invalid', describe(where, faults), { errors: faults });
}

function describe(where: string, faults: readonly { path: string; message: string }[]): string {
  const [first] = faults;
  return first?.path
    ? `The ${where} is not valid: ${first.path}: ${first.message}`
    : `The ${where} is not valid`;
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
  return new Response(null, response);
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
