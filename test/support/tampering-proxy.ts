import type { ServerWebSocket } from 'bun';

export type Json = Readonly<Record<string, unknown>>;

/** What lies between a client and its server, and changes what the server says. */
export interface Tampering {
  /** Each object of each answer and frame, from the inside out. */
  readonly rewrite?: (object: Json) => Json;
  /** In place of each frame: none, another one, or several. */
  readonly frames?: (frame: Json) => readonly Json[];
  /** Answers that are no JSON, by what they answer: method and path, and the range that was asked for. */
  readonly bytes?: (
    bytes: Uint8Array<ArrayBuffer>,
    call: string,
    range: string | null,
  ) => Uint8Array<ArrayBuffer>;
}

interface Link {
  readonly upstream: WebSocket;
  readonly opened: Promise<unknown>;
}

/** Headers that are of the connection, or of the body as it came. */
const NOT_PASSED = [
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'transfer-encoding',
];

/** Stands between a client and its server, for REST and WebSocket. */
export class TamperingProxy {
  tampering: Tampering = {};
  /** Each call that went through, as it was asked: method, path, body. */
  readonly asked: { readonly call: string; readonly body: string }[] = [];
  readonly #target: string;
  readonly #links = new Map<ServerWebSocket<string>, Link>();
  readonly #served: ReturnType<typeof Bun.serve>;

  private constructor(target: string) {
    this.#target = target;
    this.#served = Bun.serve<string>({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, server) => {
        const { pathname, search } = new URL(request.url);
        const path = pathname + search;
        if (request.headers.get('upgrade') !== 'websocket') return this.#call(request, path);
        return server.upgrade(request, { data: path })
          ? undefined
          : new Response('', { status: 400 });
      },
      websocket: {
        open: (socket) => this.#open(socket),
        message: (socket, text) => this.#up(socket, String(text)),
        close: (socket) => this.#links.get(socket)?.upstream.close(),
      },
    });
  }

  static start(target: string): TamperingProxy {
    return new TamperingProxy(target);
  }

  get url(): string {
    return this.#served.url.origin;
  }

  /** Says something that the server never said. */
  inject(frame: Json): void {
    for (const socket of this.#links.keys()) socket.send(JSON.stringify(frame));
  }

  /** Breaks the connection, so that the client comes again and asks what it missed. */
  hangUp(): void {
    for (const socket of this.#links.keys()) socket.terminate();
  }

  stop(): Promise<void> {
    return this.#served.stop(true);
  }

  async #call(request: Request, path: string): Promise<Response> {
    const { method, headers } = request;
    const body = method === 'GET' ? undefined : await request.arrayBuffer();
    const call = `${method} ${path.split('?')[0]}`;
    this.asked.push({ call, body: body ? new TextDecoder().decode(body) : '' });
    const answer = await fetch(this.#target + path, {
      method,
      headers: passed(headers),
      ...(body && { body }),
      redirect: 'manual',
    });
    const bytes = await answer.bytes();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    const range = headers.get('range');
    const changed = isJson
      ? this.#rewritten(bytes)
      : (this.tampering.bytes?.(bytes, call, range) ?? bytes);
    const { status } = answer;
    const isBare = status === 204 || status === 304;
    return new Response(isBare ? null : changed, { status, headers: passed(answer.headers) });
  }

  #rewritten(bytes: Uint8Array): string {
    return JSON.stringify(this.#each(JSON.parse(new TextDecoder().decode(bytes))));
  }

  #open(socket: ServerWebSocket<string>): void {
    const address = this.#target.replace('http', 'ws') + socket.data;
    const upstream = new WebSocket(address, ['confab.v1']);
    const opened = new Promise((resolve) => upstream.addEventListener('open', resolve));
    this.#links.set(socket, { upstream, opened });
    upstream.onmessage = ({ data }) => this.#down(socket, JSON.parse(String(data)));
    upstream.onclose = ({ code, reason }) => {
      this.#links.delete(socket);
      if (code === 1006) socket.terminate();
      else socket.close(code, reason);
    };
  }

  #up(socket: ServerWebSocket<string>, text: string): void {
    const link = this.#links.get(socket);
    void link?.opened.then(() => link.upstream.send(text));
  }

  #down(socket: ServerWebSocket<string>, frame: Json): void {
    const frames = this.tampering.frames?.(frame) ?? [frame];
    for (const one of frames) socket.send(JSON.stringify(this.#each(one)));
  }

  #each(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#each(one));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([name, held]) => [name, this.#each(held)] as const);
    const object: Json = Object.fromEntries(fields);
    return this.tampering.rewrite?.(object) ?? object;
  }
}

function passed(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const name of NOT_PASSED) copy.delete(name);
  return copy;
}
