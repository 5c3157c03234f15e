import { ConfabError } from '@confab/protocol';
import type { DocumentLimits } from '@confab/protocol/documents/limits';
import { Hono } from 'hono';
import type { Logger } from '../observability/log';
import type { ClientAddresses } from './client-address';
import type { Router } from './contract';
import type { Origins } from './cors';
import { docsApp } from './docs/docs-app';
import { problemResponse } from './problem';
import { type AppEnv, HonoRouter, type RequestContext, type RouterDeps } from './router';
import { landing, webApp } from './web-app/web-app';
import type { WebFiles } from './web-app/web-files';

export interface HttpDeps {
  version: string;
  /** How callers are known, and bodies read. */
  router: RouterDeps;
  addresses: ClientAddresses;
  origins: Origins;
  log: Logger;
  /** Binds every feature's endpoints. */
  bind: (router: Router) => void;
  metrics: (() => Promise<Response>) | undefined;
  /** The web app, once it is built; undefined: there is none. */
  webFiles: Promise<WebFiles> | undefined;
  /** What the documents say of the limits. */
  limits: Partial<DocumentLimits>;
}

/** Answers one HTTP request. */
export type HandleHttp = (request: Request, peer: string) => Promise<Response>;

export function createHttp(deps: HttpDeps): HandleHttp {
  const app = new Hono<AppEnv>();
  const router = new HonoRouter(app, deps.router);
  app.onError((error, c) => {
    if (!(error instanceof ConfabError)) {
      deps.log.error({ err: error, request_id: c.env.requestId }, 'A request failed');
    }
    return problemResponse(error, c.env.requestId);
  });
  if (deps.webFiles) {
    app.get('/', landing);
    app.route('/', webApp(deps.webFiles) as unknown as Hono<AppEnv>);
  }
  deps.bind(router);
  const { metrics } = deps;
  if (metrics) app.get('/metrics', () => metrics());
  app.route(
    '/',
    docsApp({ version: deps.version, limits: deps.limits }) as unknown as Hono<AppEnv>,
  );
  app.notFound((c) => notFound(c.req.raw, c.req.path, router, c.env.requestId));

  return async (request, peer) => {
    const started = performance.now();
    const requestId = crypto.randomUUID();
    const context: RequestContext = {
      requestId,
      headers: {},
      origin: () => deps.addresses.originFor(peer, request),
      info: {
        ip: deps.addresses.of(peer, request.headers.get('x-forwarded-for')),
        userAgent: request.headers.get('user-agent') ?? '',
      },
    };
    const response = await app.fetch(withoutTrailingSlash(request), context);
    finish(response, request, context, started, deps.origins);
    return response;
  };
}

function withoutTrailingSlash(request: Request): Request {
  const at = request.url.indexOf('?');
  const path = at < 0 ? request.url : request.url.slice(0, at);
  if (!path.endsWith('/') || path.indexOf('/', 8) === path.length - 1) return request;
  const query = at < 0 ? '' : request.url.slice(at);
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return new Request(path.slice(0, end) + query, request);
}

function finish(
  response: Response,
  request: Request,
  context: RequestContext,
  started: number,
  origins: Origins,
) {
  const { headers } = response;
  for (const [name, value] of Object.entries(context.headers)) headers.set(name, value);
  headers.set('x-request-id', context.requestId);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('server-timing', `app;dur=${(performance.now() - started).toFixed(2)}`);
  const origin = request.headers.get('origin');
  const isAsked = request.method === 'OPTIONS';
  const cors = { ...origins.headers(origin), ...(isAsked ? origins.preflight(origin) : {}) };
  for (const [name, value] of Object.entries(cors)) headers.append(name, value);
}

/** 405 when the path exists with other methods, OPTIONS wherever there is anything, else 404. */
function notFound(request: Request, path: string, router: HonoRouter, requestId: string): Response {
  const methods = router.methodsOf(path);
  if (methods.size === 0) {
    return problemResponse(new ConfabError('not_found', 'There is nothing here'), requestId);
  }
  if (methods.has('GET')) methods.add('HEAD');
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    return new Response(null, { status: 204, headers: { allow } });
  }
  const error = new ConfabError('method_not_allowed', `This path answers ${allow}`);
  const response = problemResponse(error, requestId);
  response.headers.set('allow', allow);
  return response;
}
