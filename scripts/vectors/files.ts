import { createHash } from 'node:crypto';
import { type Bytes, concat, toBase64Url } from '../../packages/client/src/e2ee/encoding';
import { FileSealer } from '../../packages/client/src/e2ee/media/chunks';
import { randomBytes } from './cast';
import { plainFile } from './plain-file';

const TAG = 16;
const SHOWN = 32;

/** Files of nothing, of one chunk, and of three. */
export async function fileVectors(): Promise<object> {
  const files = await Promise.all(
    [
      ['empty', 0],
      ['short', 5],
      ['whole', 1_048_576],
      ['three chunks', 2_200_000],
    ].map(([name, size]) => fileVector(String(name), Number(size))),
  );
  const of = 'three chunks';
  const refused = [
    { name: 'two chunks that changed places', of, edit: 'swap' },
    { name: 'without its last chunk', of, edit: 'cut' },
    { name: 'said to end after its second chunk', of, edit: 'shorten', size: 2_097_152 },
    { name: 'a turned bit', of, edit: 'flip' },
    { name: 'the hash of another', of, edit: 'hash' },
    { name: 'the empty file of another key', of: 'empty', edit: 'flip' },
  ].map((one) => ({ ...one, reason: 'undecryptable' }));
  return {
    plain: 'SHA-256("confab file" ‖ uint32 n) for n = 0, 1, 2 … joined, cut to the size',
    edits: {
      swap: 'the first two chunks, tags and all, change places',
      cut: 'the last chunk is gone; the size that the message names stays',
      shorten: 'nothing is changed, but the message names `size` bytes',
      flip: 'the lowest bit of the first byte is turned',
      hash: 'the message names the hash of another file',
    },
    files,
    refused,
  };
}

async function fileVector(name: string, size: number): Promise<object> {
  const fileKey = { key: randomBytes(32), prefix: randomBytes(7) };
  const sealer = new FileSealer(new Blob([plainFile(size)]), fileKey);
  const chunks = await Array.fromAsync(sealer.chunks());
  const sealed: Bytes = concat(...chunks);
  return {
    name,
    key: toBase64Url(fileKey.key),
    prefix: toBase64Url(fileKey.prefix),
    size,
    hash: toBase64Url(await sealer.hash()),
    sealed_size: sealed.length,
    sealed_sha256: createHash('sha256').update(sealed).digest('base64url'),
    sealed_start: toBase64Url(sealed.slice(0, SHOWN)),
    sealed_end: toBase64Url(sealed.slice(-SHOWN)),
    tags: chunks.map((chunk) => toBase64Url(chunk.slice(-TAG))),
  };
}
