import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestUser } from './user';
import { Waiting } from './waiting';

interface Parts {
  method: string;
  path: string;
  user?: TestUser;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

/** A request whose body comes in two halves. */
export class SlowRequest {
  readonly #socket: Socket;
  readonly #waiting = new Waiting();
  readonly #rest: Uint8Array;
  #answer = '';
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<unknown>;

  private constructor(socket: Socket, rest: Uint8Array) {
    this.#socket = socket;
    this.#rest = rest;
    this.closed = once(socket, 'close');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      this.#answer += data.toString();
      this.#waiting.changed();
    });
  }

  /** Sends the first half, and waits until the server has looked at whose it is. */
  static async begin(url: string, { method, path, user, headers, body }: Parts) {
    const { hostname, port } = new URL(url);
    const bytes = Buffer.from(body as string);
    const half = Math.floor(bytes.length / 2);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const request = new SlowRequest(socket, bytes.subarray(half));
    const all = {
      Host: 'test',
      'Content-Type': 'application/json',
      'Content-Length': String(bytes.length),
      ...(user && { Authorization: `Bearer ${user.token}` }),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    socket.write(bytes.subarray(0, half));
    // What is asked after it is answered after it was let in.
    if (user) await user.must('GET', '/api/auth/me');
    else await (await fetch(`${url}/health`)).body?.cancel();
    return request;
  }

  /** Sends the second half. @returns the answer's status and text */
  finish(): Promise<{ status: number; text: string }> {
    this.#socket.write(this.#rest);
    return this.answer();
  }

  answer(): Promise<{ status: number; text: string }> {
    const find = () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(this.#answer)?.[1];
      const end = this.#answer.indexOf('\r\n\r\n');
      if (end < 0) return false;
      const [head, text] = [this.#answer.slice(0, end), this.#answer.slice(end + 4)];
      // The body may come later than the head.
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      return Buffer.byteLength(text) >= length && { status: Number(status), text };
    };
    return this.#waiting.until(find, () => `There was no answer, but: ${this.#answer}`);
  }

  get isAnswered(): boolean {
    return this.#answer !== '';
  }

  /** Leaves in the middle. */
  leave(): void {
    this.#socket.destroy();
  }
}
