import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import { ClientError } from '@confab/client';
import {
  CHUNK_BYTES,
  EncryptedFiles,
  type FileServer,
  type MediaSecret,
} from '@confab/client/e2ee';
import { DecryptedFiles } from '../features/encryption/decrypted-files';
import { respondDecrypted } from './decrypted';
import type { DecryptedQuestion } from './decrypted-messages';
import type { FetchEvent } from './scope';

const SEALED_CHUNK = CHUNK_BYTES + 16;
const SIZE = 3 * CHUNK_BYTES + 1000;
const plain = Uint8Array.from({ length: SIZE }, (_, n) => (n * 7919) >> 7);

/** A server with one file, which counts what it gives out, and may fail. */
class OneFile implements FileServer {
  stored = new Uint8Array();
  readonly asked: [number, number][] = [];
  fault: unknown = null;

  async upload(source: Parameters<FileServer['upload']>[0]): Promise<number> {
    this.stored = await new Response(source.stream(0)).bytes();
    return 1;
  }

  async read(_: number, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    this.asked.push([start, end]);
    if (this.fault) throw this.fault;
    return this.stored.slice(start, end);
  }

  cut(size: number): void {
    this.stored = this.stored.slice(0, size);
  }

  stream(): never {
    throw new Error('Not whole');
  }
}

/** What `worker.clients` is in a worker: two pages, of which each has files of its own. */
const pages = new Map<string, DecryptedFiles>();
const clients = {
  get: async (id: string) => {
    const page = pages.get(id);
    return (
      page && {
        postMessage: (question: DecryptedQuestion, [port]: [MessagePort]) =>
          void page.answer(question).then((answer) => port.postMessage(answer)),
      }
    );
  },
};
const before = Object.getOwnPropertyDescriptor(globalThis, 'clients');
Object.defineProperty(globalThis, 'clients', { value: clients, configurable: true });
afterAll(() => {
  if (before) Object.defineProperty(globalThis, 'clients', before);
  else Reflect.deleteProperty(globalThis, 'clients');
});

let server: OneFile;
let mine: DecryptedFiles;
let files: EncryptedFiles;
let secret: MediaSecret;
let url: string;

beforeEach(async () => {
  server = new OneFile();
  mine = new DecryptedFiles();
  pages.clear();
  pages.set('mine', mine).set('other', new DecryptedFiles());
  files = new EncryptedFiles(server);
  secret = await files.upload(new Blob([plain]), { name: 'film.mp4', type: 'video/mp4' });
  url = mine.add(files.open(secret), { size: SIZE, type: 'video/mp4' }).url;
});

function get(range: string | null, { address = url, clientId = 'mine' } = {}): Promise<Response> {
  const headers: HeadersInit = range === null ? {} : { range };
  const request = new Request(new URL(address, 'http://confab.test'), { headers });
  return respondDecrypted({ request, clientId } as FetchEvent);
}

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const slice = (start: number, end: number) => Buffer.from(plain.subarray(start, end));

describe('a player is given', () => {
  test.each([
    ['the first bytes', 'bytes=0-1', 0, 2],
    ['the last byte', `bytes=${SIZE - 1}-`, SIZE - 1, SIZE],
    ['the end of it', 'bytes=-500', SIZE - 500, SIZE],
    ['all that is asked for within a chunk', 'bytes=2000000-2000099', 2_000_000, 2_000_100],
    ['everything, up to the end of a chunk', 'bytes=0-', 0, CHUNK_BYTES],
    ['several chunks, up to the end of the first', 'bytes=500-3000000', 500, CHUNK_BYTES],
    ['what is beyond the end, up to it', `bytes=${SIZE - 9}-99999999`, SIZE - 9, SIZE],
  ])('%s', async (_, range, start, end) => {
    const answer = await get(range);
    expect(answer.status).toBe(206);
    expect(Object.fromEntries(answer.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-length': String(end - start),
      'content-range': `bytes ${start}-${end - 1}/${SIZE}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(Buffer.compare(await bytesOf(answer), slice(start, end))).toBe(0);
  });

  test('what it needs alone, and none of it twice', async () => {
    await get(`bytes=${3 * CHUNK_BYTES}-`);
    await get('bytes=100-');
    await get('bytes=-7');
    await Promise.all([get('bytes=0-1'), get('bytes=7-')]);
    expect(server.asked).toEqual([
      [3 * SEALED_CHUNK, server.stored.length],
      [0, SEALED_CHUNK],
    ]);
  });

  test('the whole file when it asks for no range', async () => {
    const answer = await get(null);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe(String(SIZE));
    expect(server.asked).toHaveLength(1);
    expect(Buffer.compare(await bytesOf(answer), Buffer.from(plain))).toBe(0);
  });

  test.each([`bytes=${SIZE}-`, 'bytes=-0'])('nothing beyond the end: %s', async (range) => {
    const answer = await get(range);
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe(`bytes */${SIZE}`);
    expect(server.asked).toEqual([]);
  });
});

describe('nothing is given', () => {
  test('to another page, to none, and of another address', async () => {
    const strangers = [{ clientId: 'other' }, { clientId: 'gone' }, { clientId: '' }];
    for (const stranger of [...strangers, { address: '/app/decrypted/1' }]) {
      expect((await get('bytes=0-', stranger)).status).toBe(404);
    }
    expect(server.asked).toEqual([]);
  });

  test('once the page let go of it', async () => {
    const made = mine.add(files.open(secret), { size: SIZE, type: 'video/mp4' });
    expect((await get('bytes=0-', { address: made.url })).status).toBe(206);
    mine.remove(made);
    expect((await get('bytes=0-', { address: made.url })).status).toBe(404);
  });

  test.each(['text/html', 'image/svg+xml', 'video/mp4\r\nx: y', 'audio/'])(
    'as %p',
    async (type) => {
      const made = mine.add(files.open(secret), { size: SIZE, type });
      expect((await get('bytes=0-', { address: made.url })).status).toBe(404);
    },
  );
});

describe('it breaks off', () => {
  const chunk = (n: number) => server.stored.slice(n * SEALED_CHUNK, (n + 1) * SEALED_CHUNK);
  test.each<[string, () => void]>([
    ['that was changed', () => server.stored.set([7], SEALED_CHUNK + 99)],
    ['that stands in place of another', () => server.stored.set(chunk(0), SEALED_CHUNK)],
    ['that is cut', () => server.cut(SEALED_CHUNK + 500)],
  ])('at a chunk %s, and does not go on behind it', async (_, tamper) => {
    const made = mine.add(files.open(secret), { size: SIZE, type: 'video/mp4' });
    tamper();
    expect((await get('bytes=0-', { address: made.url })).status).toBe(206);
    const broken = await get(`bytes=${CHUNK_BYTES}-`, { address: made.url });
    expect([broken.status, (await bytesOf(broken)).length]).toEqual([502, 0]);
    expect(made.fault).toMatchObject({ reason: 'undecryptable' });
    expect((await get(`bytes=${2 * CHUNK_BYTES}-`, { address: made.url })).status).toBe(502);
    expect((await get('bytes=0-', { address: made.url })).status).toBe(502);
  });

  test('in the middle of a whole file', async () => {
    server.stored.set([7], 2 * SEALED_CHUNK + 99);
    const answer = await get(null);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  test('while the server cannot be reached, and goes on afterwards', async () => {
    const made = mine.add(files.open(secret), { size: SIZE, type: 'video/mp4' });
    server.fault = new ClientError('network', 'Away');
    expect((await get('bytes=0-', { address: made.url })).type).toBe('error');
    expect(made.fault).toBe(server.fault);
    server.fault = null;
    expect((await get('bytes=0-', { address: made.url })).status).toBe(206);
    expect(made.fault).toBeNull();
  });
});
