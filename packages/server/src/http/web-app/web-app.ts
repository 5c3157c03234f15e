import { join } from 'node:path';
import { ConfabError } from '@confab/protocol';
import { type Context, Hono } from 'hono';
import type { WebFiles } from './web-files';

/**
 * What the page may do: load its own files, talk to this server, play what it has in memory. No script
 * or style in the page itself, nothing from other hosts.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The worker that derives keys from recovery keys does so in WebAssembly, and may do nothing else. */
const KEY_WORKER = 'argon2-worker.js';
const KEY_WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=(), payment=(), usb=()',
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
};

/** In the order in which they are liked. */
const ENCODINGS = { br: 'br', gzip: 'gz' } as const;

/**
 * The web app below `/app/`: its files, and its one page at every address that is none of them. While
 * it is being built, who asks for it waits.
 * @param files rejects when there is no app
 */
export function webApp(files: Promise<WebFiles>): Hono {
  const app = new Hono();
  const serve = async (context: Context) => {
    const built = await files.catch(() => {
      throw new ConfabError('not_ready', 'The web app could not be built; see the server’s log');
    });
    return respond(context, built);
  };
  app.get('/app', serve).get('/app/*', serve);
  return app;
}

/** Sends browsers that open the server's address to the app; programs get the next answer. */
export function landing(context: Context, next: () => Promise<void>): Response | Promise<void> {
  const accepts = context.req.header('accept') ?? '';
  if (!/\btext\/html\b/.test(accepts)) return next();
  const headers = { vary: 'accept', 'cache-control': 'no-store' };
  return context.body(null, 302, { ...headers, location: '/app/' });
}

function respond(context: Context, files: WebFiles): Response {
  const name = nameOf(context.req.path);
  if (!files.names.has(name) || /\.(br|gz)$/.test(name)) {
    throw new ConfabError('not_found', 'There is nothing here');
  }
  const isForEver = name.startsWith('assets/');
  const etag = `W/"${files.stamp.slice(0, 22)}"`;
  const common = {
    ...HEADERS,
    ...(name === KEY_WORKER && { 'content-security-policy': KEY_WORKER_POLICY }),
    etag,
    vary: 'accept-encoding',
    // A name in assets stands for one content; everything else may be another with the next version.
    'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, common);
  const [encoding, suffix] = encodingOf(context.req.header('accept-encoding') ?? '', name, files);
  const file = Bun.file(join(files.folder, name + suffix));
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return new Response(file, {
    headers: { ...common, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
  });
}

/** Places in the app have no dot in their last part; files have. */
function nameOf(path: string): string {
  const name = path.replace(/^\/app\/?/, '');
  return /\.[^/]*$/.test(name) ? name : 'index.html';
}

function encodingOf(accepted: string, name: string, { names }: WebFiles): [string, string] {
  for (const [encoding, suffix] of Object.entries(ENCODINGS)) {
    const isWanted = new RegExp(
      `(^|[\\s,])${encoding}\\s*(,|$|;\\s*q=(?!0(\\.0*)?\\s*(,|$)))`,
    ).test(accepted);
    if (isWanted && names.has(`${name}.${suffix}`)) return [encoding, `.${suffix}`];
  }
  return ['', ''];
}
