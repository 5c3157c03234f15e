import { connect, type Socket } from 'node:net';
import { eventually } from './waiting';

export interface RawUploadOptions {
  token: string;
  path?: string;
  /** Headers besides those that every upload has. */
  headers?: string[];
  boundary?: string;
}

/** An upload on a bare TCP socket, for what a well-behaved client never sends. */
export class RawUpload {
  readonly socket: Socket;
  /** All that came back so far. */
  answer = '';
  isClosed = false;

  constructor(url: string, options: RawUploadOptions) {
    const { token, path = '/api/media/upload', headers = [], boundary = 'x' } = options;
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    this.socket.on('data', (data) => {
      this.answer += data.toString('latin1');
    });
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${token}`,
      `content-type: multipart/form-data; boundary=${boundary}`,
      ...headers,
    ];
    this.send(`${head.join('\r\n')}\r\n\r\n`);
  }

  send(data: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(data);
  }

  /** As a piece of a body whose length is not known. */
  sendChunk(data: string): void {
    this.send(`${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`);
  }

  /** Sends again and again, as fast as it is taken, until there is an answer or the connection is over. */
  async flood(data: string): Promise<void> {
    await eventually(() => {
      if (this.answer !== '' || this.isClosed) return true;
      if (this.socket.writableLength < 2 ** 20) this.sendChunk(data);
      return false;
    }, 'an end of the flood');
  }

  status(): Promise<number> {
    return eventually(
      () => Number(/^HTTP\/1\.1 (?!100)(\d+)/.exec(this.answer)?.[1] ?? 0) || undefined,
      `an answer instead of ${JSON.stringify(this.answer.slice(0, 200))}`,
    );
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The head of a part with a file, and the start of its content. */
export const filePart = (filename: string, content = '', name = 'file'): string =>
  `--x\r\ncontent-disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n${content}`;

export const CHUNKED = 'transfer-encoding: chunked';
