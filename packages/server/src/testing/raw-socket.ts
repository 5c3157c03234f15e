import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ServerFrame } from '@confab/protocol';
import { Waiting } from './waiting';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A WebSocket client (RFC 6455) on a bare TCP socket, for what a well-behaved one never does. */
export class RawSocket {
  readonly #socket: Socket;
  readonly #waiting = new Waiting();
  #unread: Buffer = Buffer.alloc(0);
  /** The server's answer to the upgrade, as text, without its body. */
  head = '';
  readonly frames: ServerFrame[] = [];
  pongs = 0;
  closeCode: number | undefined;
  ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => this.#end());
    socket.on('error', () => this.#end());
  }

  /** Asks for an upgrade and waits for the answer, whatever it is. */
  static async dial(
    url: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<RawSocket> {
    const { hostname, port, host } = new URL(url);
    const raw = new RawSocket(connect(Number(port), hostname));
    const all = {
      Host: host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    raw.#socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    await raw.until(() => raw.head !== '' || raw.ended, 'the answer to the upgrade');
    return raw;
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.head)?.[1]);
  }

  header(name: string): string | undefined {
    return new RegExp(`^${name}: (.*)$`, 'im').exec(this.head)?.[1]?.trim();
  }

  #end() {
    this.ended = true;
    this.#waiting.changed();
  }

  #read(chunk: Buffer) {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    if (this.head === '') this.#readHead();
    if (this.status === 101) while (this.#readFrame());
    this.#waiting.changed();
  }

  #readHead() {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.head = this.#unread.subarray(0, end).toString('latin1');
    this.#unread = this.#unread.subarray(end + 4);
  }

  #readFrame(): boolean {
    const [first, second] = this.#unread;
    if (first === undefined || second === undefined) return false;
    const start = second === 126 ? 4 : second === 127 ? 10 : 2;
    if (this.#unread.length < start) return false;
    const length =
      second === 126
        ? this.#unread.readUInt16BE(2)
        : second === 127
          ? Number(this.#unread.readBigUInt64BE(2))
          : second;
    if (this.#unread.length < start + length) return false;
    this.#take(first & 15, this.#unread.subarray(start, start + length));
    this.#unread = this.#unread.subarray(start + length);
    return true;
  }

  #take(opcode: number, payload: Buffer) {
    if (opcode === OPCODE.text) this.frames.push(JSON.parse(payload.toString('utf8')));
    else if (opcode === OPCODE.pong) this.pongs++;
    else if (opcode === OPCODE.close) this.closeCode = payload.length ? payload.readUInt16BE(0) : 0;
  }

  /** Sends one frame, masked as a client must, or the beginning of one. */
  sendFrame(
    opcode: number,
    payload: string | Uint8Array,
    { fin = true, claim = undefined as number | undefined } = {},
  ): void {
    const data = Buffer.from(payload as string);
    const length = claim ?? data.length;
    // Masking with zeros changes nothing, and costs nothing where there is much to send.
    const mask = data.length > 4096 ? Buffer.alloc(4) : randomBytes(4);
    const masked = data.length > 4096 ? data : data.map((byte, i) => byte ^ (mask[i & 3] ?? 0));
    this.#socket.write(Buffer.concat([header(opcode, fin, length), mask, masked]));
  }

  sendJson(frame: unknown): void {
    this.sendFrame(OPCODE.text, JSON.stringify(frame));
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Stops reading, as a client on a dead line does; the system's buffers fill up behind it. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  until<T>(find: () => T | undefined | false, what: string): Promise<T> {
    return this.#waiting.until(
      find,
      () => `${what} did not come; ended: ${this.ended}, close code ${this.closeCode}`,
    );
  }

  event<T extends ServerFrame['type']>(type: T): Promise<Extract<ServerFrame, { type: T }>> {
    const find = () =>
      this.frames.find((frame): frame is Extract<ServerFrame, { type: T }> => frame.type === type);
    return this.until(find, type);
  }

  /** The code that the server closed with; 1006 when it hung up without one. */
  closed(): Promise<number> {
    return this.until(() => this.closeCode ?? (this.ended && 1006), 'the close');
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function header(opcode: number, fin: boolean, length: number): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length]);
  const long = length > 0xffff;
  const bytes = Buffer.alloc(long ? 10 : 4);
  bytes[0] = first;
  bytes[1] = 0x80 | (long ? 127 : 126);
  if (long) bytes.writeBigUInt64BE(BigInt(length), 2);
  else bytes.writeUInt16BE(length, 2);
  return bytes;
}
