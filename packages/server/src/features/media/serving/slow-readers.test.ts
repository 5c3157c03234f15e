import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { DiskBlobs } from '../../../storage/blobs/disk-blobs';
import { anyKey, BlobFolder } from '../../../testing/blob-contract';
import { eventually } from '../../../testing/waiting';
import { serveFile } from './serve';

const MIB = 1024 * 1024;
const SIZE = 256 * MIB;
const READERS = 20;
const DESCRIPTORS = '/proc/self/fd';

describe('readers of a large file', () => {
  const folder = new BlobFolder();
  const store = new DiskBlobs(folder.path);
  const key = anyKey();
  let server: Bun.Server<undefined>;

  beforeAll(async () => {
    const path = folder.staged('');
    truncateSync(path, SIZE);
    await store.adopt(key, path);
    const file = { key, size: SIZE, mimeType: 'video/mp4', filename: 'x' };
    server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) => serveFile(request, { ...file, access: 'checked' }, store),
    });
  });
  afterAll(async () => {
    await server.stop(true);
    folder.remove();
  });

  const grownBy = (before: number) => (process.memoryUsage.rss() - before) / MIB;

  /** Reads the beginning of an answer, and then no more. */
  async function stalled(range: string): Promise<Socket> {
    const socket = connect(server.port ?? 0, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${range}\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    return socket;
  }

  /** In a process of its own, as what it reads would count here. */
  async function downloaded(): Promise<number> {
    const reader = `
      let received = 0;
      for await (const chunk of (await fetch('${server.url}')).body) received += chunk.length;
      console.log(received);`;
    const child = Bun.spawn([process.execPath, '-e', reader], { stdout: 'pipe' });
    return Number(await new Response(child.stdout).text());
  }

  test('take no memory', async () => {
    const before = process.memoryUsage.rss();
    expect(await downloaded()).toBe(SIZE);
    expect(grownBy(before)).toBeLessThan(SIZE / MIB / 4);
  });

  test.if(existsSync(DESCRIPTORS))('who stall take none, and who leave free the file', async () => {
    const open = () => readdirSync(DESCRIPTORS).length;
    const [before, opened] = [process.memoryUsage.rss(), open()];
    const sockets: Socket[] = [];
    for (let i = 0; i < READERS; i++) {
      sockets.push(await stalled(i % 2 === 0 ? '' : 'Range: bytes=5-\r\n'));
    }
    expect(grownBy(before)).toBeLessThan(128);
    expect(open()).toBeGreaterThan(opened + READERS);
    for (const socket of sockets) socket.destroy();
    await eventually(() => open() <= opened, 'The closing of files');
  });
});
