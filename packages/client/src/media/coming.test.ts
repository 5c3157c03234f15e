import { beforeEach, describe, expect, test } from 'bun:test';
import type { Media } from '@confab/protocol';
import type { FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness, type Seat } from '../testing/harness';
import type { Progress } from './meter';

const BYTES = Uint8Array.from({ length: 400_000 }, (_, n) => (n * 7919) >> 5);

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let seat: Seat;
let media: Media;

beforeEach(async () => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  seat = await harness.connected(alice);
  media = server.files.put(new Blob([BYTES]), 'a.bin', {
    thumbnail_path: '/api/media/1/thumbnail',
  });
});

/** What a promise came to, while time passes. */
async function outcome<T>(promise: Promise<T>): Promise<T | string> {
  const come: (T | string)[] = [];
  void promise.then(
    (value) => come.push(value),
    (error) => come.push(error.code),
  );
  for (let turn = 0; turn < 2_000 && come.length === 0; turn++) await harness.time.advance(50);
  const [first] = come;
  if (first === undefined) throw new Error('Nothing came of it');
  return first;
}
const read = (stream: ReadableStream<Uint8Array>) => outcome(new Response(stream).bytes());

describe('a download', () => {
  test('goes on after losses where it was', async () => {
    server.files.breaksAfter = 150_000;
    const told: Progress[] = [];
    const stream = await seat.client.download(media, { onProgress: (it) => told.push(it) });
    expect(await read(stream)).toEqual(BYTES);
    expect(server.files.calls).toEqual(Array.from({ length: 3 }, () => 'GET /api/media/N'));
    expect(told.at(-1)).toEqual({ bytes: BYTES.length, total: BYTES.length });
  });

  test('of a part goes on too, and brings nothing else', async () => {
    server.files.breaksAfter = 40_000;
    const [start, end] = [100_000, 200_000];
    const stream = await seat.client.download(media, { start, end });
    expect(await read(stream)).toEqual(BYTES.slice(start, end));
    expect(server.files.calls).toHaveLength(3);
    server.files.breaksAfter = Number.POSITIVE_INFINITY;
    const head = await seat.client.download(media, { end: 10 });
    expect(await read(head)).toEqual(BYTES.slice(0, 10));
  });

  test('of a file that changed meanwhile fails', async () => {
    server.files.breaksAfter = 150_000;
    const stream = await seat.client.download(media);
    const reader = stream.getReader();
    await reader.read();
    server.files.etag = '"2"';
    server.files.breaksAfter = Number.POSITIVE_INFINITY;
    const drained = async () => {
      while (!(await reader.read()).done);
    };
    expect(await outcome(drained())).toBe('bad_answer');
  });

  test.each([
    ['says that it has no more', false],
    ['answers by nothing', true],
  ])('of which the server has but a part ends when it %s', async (_, isEvasive) => {
    Object.assign(server.files, { has: 150_000, isEvasive });
    const part = await seat.client.download(media, { start: 100_000, end: 200_000 });
    expect(await read(part)).toBe('download_incomplete');
    const stream = await seat.client.download(media);
    expect(await read(stream)).toBe('download_incomplete');
    expect(server.files.calls.length).toBeLessThan(20);
  });

  test('that breaks off again and again before anything comes ends', async () => {
    server.files.breaksAfter = 0;
    const stream = await seat.client.download(media);
    expect(await read(stream)).toBe('download_incomplete');
  });

  test('that cannot be had says so at once', async () => {
    server.files.media.clear();
    expect(await outcome(seat.client.download(media))).toBe('not_found');
    server.kill();
    expect(await outcome(seat.client.download(media))).toBe('network');
  });

  test('ends by its signal', async () => {
    server.files.breaksAfter = 150_000;
    const controller = new AbortController();
    const stream = await seat.client.download(media, { signal: controller.signal });
    const reader = stream.getReader();
    await reader.read();
    server.kill();
    const drained = async () => {
      while (!(await reader.read()).done);
    };
    const waiting = outcome(drained());
    controller.abort();
    expect(await waiting).toBe('cancelled');
  });
});

describe('an address', () => {
  test('is asked for once while it is good, and anew shortly before it ends', async () => {
    const first = await outcome(seat.client.mediaUrl(media));
    expect(first).toBe('http://fake/media/1?variant=original&n=1');
    expect(await outcome(seat.client.mediaUrl(media))).toBe(first);
    await harness.time.advance(280_000);
    expect(await outcome(seat.client.mediaUrl(media))).not.toBe(first);
  });

  test('that many want at the same time is asked for once', async () => {
    const many = () => Promise.all([1, 2, 3].map(() => seat.client.mediaUrl(media)));
    expect(new Set(await outcome(many())).size).toBe(1);
    expect(server.files.calls).toHaveLength(1);
    await harness.time.advance(280_000);
    server.files.linksEnd += 300_000;
    expect(new Set(await outcome(many())).size).toBe(1);
    expect(server.files.calls).toHaveLength(2);
  });

  test('of a thumbnail, or for saving, is another one', async () => {
    const urls = [
      await outcome(seat.client.mediaUrl(media)),
      await outcome(seat.client.mediaUrl(media, { download: true })),
      await outcome(seat.client.thumbnailUrl(media)),
    ];
    expect(urls[1]).toContain('download=true');
    expect(urls[2]).toContain('variant=thumbnail');
    expect(await seat.client.thumbnailUrl({ ...media, thumbnail_path: null })).toBeNull();
  });

  test('that was refused is asked for again, and none outlives its session', async () => {
    const { files } = server;
    files.before = () => {
      files.before = () => {};
      throw new TypeError('connection reset');
    };
    expect(await outcome(seat.client.mediaUrl(media))).toBe('network');
    const first = await outcome(seat.client.mediaUrl(media));
    await seat.client.logout();
    await seat.client.login('alice', 'correct horse');
    expect(await outcome(seat.client.mediaUrl(media))).not.toBe(first);
  });

  test('of a picture needs no asking', () => {
    const user = { avatar_url: '/media/avatars/abc.webp' };
    expect(seat.client.avatarUrl(user)).toBe('http://fake/media/avatars/abc.webp');
    expect(seat.client.avatarUrl(user, 'small')).toBe('http://fake/media/avatars/abc-96.webp');
    const elsewhere = { avatar_url: 'https://example.org/a.webp' };
    expect(seat.client.avatarUrl(elsewhere, 'small')).toBe(elsewhere.avatar_url);
    expect(seat.client.avatarUrl({ avatar_url: null })).toBeNull();
  });
});
