import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import type { Me } from '@confab/protocol';
import { eventually } from '../../testing/waiting';
import { unzip } from '../../testing/zip';
import { ExportService } from './export-service';
import type { ExportSource } from './export-source';

const ANN = { userId: 1, sessionId: 11 };
const PHONE = { userId: 1, sessionId: 12 };
const BEN = { userId: 2, sessionId: 21 };
const CHUNK = new Uint8Array(64 * 1024);
/** What the system's buffers of a connection take, generously. */
const BUFFERED = 16 * 1024 * 1024;

/** A source whose files take as long as the test wants. */
class Endless implements ExportSource {
  readonly about = [{ path: 'endless.bin', meaning: 'more and more' }];
  produced = 0;
  ended = 0;
  limit = Number.POSITIVE_INFINITY;

  async *files() {
    yield { name: 'endless.bin', content: this.#content() };
  }

  async *#content() {
    try {
      for (let given = 0; given < this.limit; given += CHUNK.length) {
        await new Promise((resolve) => setImmediate(resolve));
        this.produced += CHUNK.length;
        yield CHUNK;
      }
    } finally {
      this.ended++;
    }
  }
}

describe('exports', () => {
  let source: Endless;
  let errors: unknown[];
  let service: ExportService;
  let server: ReturnType<typeof Bun.serve>;
  const sockets: Socket[] = [];

  beforeEach(() => {
    source = new Endless();
    errors = [];
    service = new ExportService({
      profiles: { me: async () => ({ username: 'ann' }) as Me },
      sources: [source],
      now: () => Date.parse('2026-11-20T12:00:00.000Z'),
      onError: (error) => errors.push(error),
      limits: true,
    });
    server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => service.export(ANN) });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.stop(true);
    expect(errors).toEqual([]);
  });

  /** Somebody who asks, and then reads no more than the beginning. */
  async function staller(): Promise<Socket> {
    const socket = connect(server.port ?? 0, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    return socket;
  }

  /** Until nothing is produced any more. */
  const untilStill = () => {
    let before = -1;
    let since = 0;
    return eventually(() => {
      since = source.produced === before ? since + 1 : 0;
      before = source.produced;
      return since > 20;
    }, 'a pause');
  };

  test('are read no faster than they are taken', async () => {
    await staller();
    await untilStill();
    expect(source.produced).toBeGreaterThan(0);
    expect(source.produced).toBeLessThan(BUFFERED);
  });

  test('come one at a time per user; the turn comes back when the client goes away', async () => {
    const socket = await staller();
    expect(() => service.export(PHONE)).toThrow('on its way already');
    const other = service.export(BEN);
    await other.body?.cancel();
    socket.destroy();
    await eventually(() => source.ended === 1, 'the end of what was read for them');
    source.limit = 5 * CHUNK.length;
    const files = unzip(await service.export(PHONE).arrayBuffer());
    expect(Object.keys(files)).toEqual(['README.txt', 'endless.bin']);
    expect(files['endless.bin']?.length).toBe(5 * CHUNK.length);
    service.export(ANN);
  });

  test('are not complete when the session ends meanwhile', async () => {
    const response = service.export(ANN);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    while (source.produced === 0) await reader.read();
    service.follow({ kind: 'session_ended', userId: 1, sessionIds: [99] });
    await reader.read();
    service.follow({ kind: 'session_ended', userId: 1, sessionIds: [11] });
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toThrow('Broken off');
    await eventually(() => source.ended === 1, 'the end of what was read for them');
    service.export(PHONE);
  });

  test('do not keep a server from stopping', async () => {
    const answer = await fetch(server.url);
    service.close();
    await expect(answer.arrayBuffer()).rejects.toThrow();
    await server.stop();
    expect(() => service.export(BEN)).toThrow('stopping');
  });
});
