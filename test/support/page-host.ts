import { join } from 'node:path';

const PAGE = join(import.meta.dir, 'secret-page.ts');
const WORKER = join(import.meta.dir, '../../packages/client/src/e2ee/web/argon2-worker.ts');

const HTML = '<!doctype html><title>Page</title><script src="/page.js"></script>';

/** As strict as a page can be; only what it must reach is let in. */
const pagePolicy = (server: string) =>
  `default-src 'none'; script-src 'self'; connect-src ${server} ${server.replace('http', 'ws')}`;
/** A worker goes by the policy that it came with. */
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** Serves the page of `secret-page.ts`, bundled, on an origin of its own. */
export class PageHost {
  /** The server that the page may talk to. */
  server = '';
  readonly #scripts: ReadonlyMap<string, Blob>;
  readonly #served: ReturnType<typeof Bun.serve>;

  private constructor(scripts: ReadonlyMap<string, Blob>) {
    this.#scripts = scripts;
    this.#served = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ url }) => this.#answer(new URL(url).pathname),
    });
  }

  static async start(): Promise<PageHost> {
    const [page, worker] = await Promise.all([PAGE, WORKER].map(bundled));
    return new PageHost(
      new Map([
        ['/page.js', page],
        ['/argon2-worker.js', worker],
      ] as [string, Blob][]),
    );
  }

  get origin(): string {
    return this.#served.url.origin;
  }

  stop(): Promise<void> {
    return this.#served.stop(true);
  }

  #answer(path: string): Response {
    const script = this.#scripts.get(path);
    const policy = path === '/argon2-worker.js' ? WORKER_POLICY : pagePolicy(this.server);
    const type = script ? 'text/javascript' : 'text/html';
    const headers = { 'Content-Type': type, 'Content-Security-Policy': policy };
    return new Response(script ?? HTML, { headers });
  }
}

async function bundled(entry: string): Promise<Blob> {
  const built = await Bun.build({ entrypoints: [entry], target: 'browser', format: 'iife' });
  const [script] = built.outputs;
  if (!script) throw new Error(`${entry} makes no script`);
  return script;
}
