import { ConfabError } from '@confab/protocol';
import type { DocumentLimits } from '@confab/protocol/documents/limits';
import { Hono } from 'hono';
import type { Logger } from '../observability/log';
import type { ClientAddresses } from './client-address';
import type { Router } from './contract';
import type { Origins } from './cors';
import { docsApp } from './docs/docs-app';
import { problemResponse } from './problem';
import { type AppEnv, type Authenticate, HonoRouter, type MustBeAdmin } from './router';

export interface HttpDeps {
  version: string;
  authenticate: Authenticate;
  mustBeAdmin: MustBeAdmin;
  addresses: ClientAddresses;
  origins: Origins;
  log: Logger;
  /** Binds every feature's endpoints. */
  bind: (router: Router) => void;
  metrics: (() => Promise<Response>) | undefined;
  /** What the documents say of the limits. */
  limits: Partial<DocumentLimits>;
}

/** Answers one HTTP request. */
export type HandleHttp = (request: Request, peer: string) => Promise<Response>;

export function createHttp(deps: HttpDeps): HandleHttp {
  const app = new Hono<AppEnv>();
  const router = new HonoRouter(app, deps.authenticate, deps.mustBeAdmin);
  app.onError((error, c) => {
    if (!(error instanceof ConfabError)) {
      deps.log.error({ err: error, request_id: c.env.requestId }, 'A request failed');
    }
    return problemResponse(error, c.env.requestId);
  });
  deps.bind(router);
  const { metrics } = deps;
  if (metrics) app.get('/metrics', () => metrics());
  app.route(
    '/',
    docsApp({ version: deps.version, limits: deps.limits }) as unknown as Hono<AppEnv>,
  );
  app.notFound((c) => notFound(c.req.raw, c.req.path, router, c.env.requestId, deps.origins));

  return async (request, peer) => {
    const started = performance.now();
    const requestId = crypto.randomUUID();
    const context = {
      requestId,
      info: {
        ip: deps.addresses.of(peer, request.headers.get('x-forwarded-for')),
        userAgent: request.headers.get('user-agent') ?? '',
      },
    };
    const response = await app.fetch(withoutTrailingSlash(request), context);
    finish(response, request, requestId, started, deps.origins);
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
  requestId: string,
  started: number,
  origins: Origins,
) {
  const { headers } = response;
  headers.set('x-request-id', requestId);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('server-timing', `app;dur=${(performance.now() - started).toFixed(2)}`);
  const cors = origins.headers(request.headers.get('origin'));
  for (const [name, value] of Object.entries(cors)) headers.append(name, value);
}

/** 405 when the path exists with other methods, OPTIONS wherever there is anything, else 404. */
function notFound(
  request: Request,
  path: string,
  router: HonoRouter,
  requestId: string,
  origins: Origins,
): Response {
  const methods = router.methodsOf(path);
  if (methods.size === 0) {
    return problemResponse(new ConfabError('not_found', 'There is nothing here'), requestId);
  }
  if (methods.has('GET')) methods.add('HEAD');
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    const headers = { allow, ...origins.preflight(request.headers.get('origin')) };
    return new Response(null, { status: 204, headers });
  }
  const error = new ConfabError('method_not_allowed', `This path answers ${allow}`);
  const response = problemResponse(error, requestId);
  response.headers.set('allow', allow);
  return response;
}
