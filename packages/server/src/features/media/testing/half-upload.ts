import { connect, type Socket } from 'node:net';
import type { TestUser } from '../../../testing/user';

/** An upload of which the first half was sent. */
export class HalfUpload {
  readonly socket: Socket;
  answer = '';

  /** @param content of its one file; none: not even the part begins */
  constructor(
    url: string,
    user: TestUser,
    head = 'content-length: 1000000',
    content = 'half of it '.repeat(20_000),
  ) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('error', () => {});
    this.socket.on('data', (data) => {
      this.answer += data.toString();
    });
    const part = 'content-disposition: form-data; name="file"; filename="half.txt"';
    this.socket.write(
      `POST /api/media/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n` +
        `content-type: multipart/form-data; boundary=x\r\n${head}\r\n\r\n` +
        `--x\r\n${content && `${part}\r\n\r\n${content}`}`,
    );
  }
}
