import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Waiting } from '../waiting';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What a server does in place of its work. */
export type Fault =
  | ({ readonly kind: 'answer' } & FakeAnswer)
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'reset' };

type Handle = (request: FakeRequest) => Promise<FakeAnswer> | FakeAnswer;

/** A small HTTP server on loopback that works, but for the faults that a test orders. */
export class FaultyServer {
  readonly #server: Server;
  readonly #handle: Handle;
  readonly #faults: { path: RegExp; fault: Fault }[] = [];
  readonly #requests: FakeRequest[] = [];
  readonly #waiting = new Waiting();
  readonly url: string;

  private constructor(server: Server, handle: Handle) {
    this.#server = server;
    this.#handle = handle;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(handle: Handle): Promise<FaultyServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultyServer(server, handle);
  }

  /** The next requests for such a path meet these faults, one each. */
  failNext(path: RegExp, ...faults: Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ path, fault })));
  }

  /** How many requests for such a path there were, failed ones included. */
  count(path: RegExp): number {
    return this.#requests.filter((request) => path.test(request.path)).length;
  }

  /** Waits until there were so many requests for such a path. */
  async counted(path: RegExp, count: number): Promise<void> {
    await this.#waiting.until(
      () => this.count(path) >= count,
      () => `${this.count(path)} requests for ${path} arrived, not ${count}`,
    );
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await received(incoming);
    const at = this.#faults.findIndex(({ path }) => path.test(request.path));
    const [ordered] = at < 0 ? [] : this.#faults.splice(at, 1);
    try {
      await this.#answer(request, response, ordered?.fault);
    } finally {
      this.#requests.push(request);
      this.#waiting.changed();
    }
  }

  async #answer(request: FakeRequest, response: ServerResponse, fault: Fault | undefined) {
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'reset':
        response.socket?.destroy();
        return;
      case 'answer':
        send(response, fault);
        return;
      case undefined:
        send(response, await this.#handle(request));
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function received(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: FakeAnswer) {
  response.writeHead(status, headers);
  response.end(body);
}

export const json = (status: number, body: unknown): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
});
