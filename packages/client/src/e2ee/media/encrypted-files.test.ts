import { expect, test } from 'bun:test';
import type { FileSource } from '../../media/source';
import type { Bytes } from '../encoding';
import { MediaSecret } from '../messages/body';
import { reasonOf } from '../testing/people';
import { EncryptedFiles, type FileServer, sealFile } from './encrypted-files';

class FakeFiles implements FileServer {
  readonly stored = new Map<number, Bytes>();

  async upload({ name, type, size, stream }: FileSource): Promise<number> {
    const bytes = await new Response(stream(0)).bytes();
    expect(bytes.length).toBe(size);
    expect({ name, type }).toEqual({ name: 'file', type: 'application/octet-stream' });
    this.stored.set(this.stored.size + 1, bytes);
    return this.stored.size;
  }

  async read(mediaId: number, start: number, end: number): Promise<Bytes> {
    return (this.stored.get(mediaId) ?? new Uint8Array()).slice(start, end);
  }

  async stream(mediaId: number, size: number): Promise<ReadableStream<Uint8Array>> {
    return new Blob([await this.read(mediaId, 0, size)]).stream();
  }
}

const photo = new Blob([`CANARY${'x'.repeat(1_500_000)}end`], { type: 'image/jpeg' });
const facts = { name: 'photo.jpg', type: 'image/jpeg', width: 40, height: 30 };
const thumbnail = { blob: new Blob(['CANARY small'], { type: 'image/webp' }) };

test('a file and its thumbnail open again from what the message holds, and the server sees neither', async () => {
  const server = new FakeFiles();
  const files = new EncryptedFiles(server);
  const secret = MediaSecret.parse(await files.upload(photo, facts, { thumbnail }));
  expect(secret).toMatchObject({ ...facts, size: photo.size });
  expect(EncryptedFiles.mediaIds([secret]).toSorted()).toEqual([1, 2]);
  const opened = await files.read(secret);
  expect(opened.type).toBe('image/jpeg');
  expect(await opened.text()).toBe(await photo.text());
  const small = secret.thumbnail;
  expect(small && (await (await files.read(small)).text())).toBe('CANARY small');
  for (const bytes of server.stored.values()) {
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('CANARY');
  }
  const end = await files.open(secret).slice(photo.size - 3, photo.size);
  expect(Buffer.from(end).toString()).toBe('end');
});

test('a file that the server cut off or changed is refused', async () => {
  const server = new FakeFiles();
  const files = new EncryptedFiles(server);
  const secret = await files.upload(photo, facts);
  const whole = server.stored.get(secret.media_id) ?? new Uint8Array();
  server.stored.set(secret.media_id, whole.slice(0, 1024 * 1024 + 16));
  expect(await reasonOf(() => files.read(secret))).toBe('undecryptable');
  const changed = whole.slice();
  changed[9] = (changed[9] ?? 0) ^ 1;
  server.stored.set(secret.media_id, changed);
  expect(await reasonOf(() => files.read(secret))).toBe('undecryptable');
});

test('an encrypted file is read from anywhere, as an upload that goes back needs it', async () => {
  const { source, secret } = await sealFile(new File([photo], 'photo.jpg', { type: 'image/jpeg' }));
  const whole = await new Response(source.stream(0)).bytes();
  expect(whole.length).toBe(source.size);
  for (const from of [1, 1024 * 1024 + 15, 1024 * 1024 + 16, source.size]) {
    const rest = await new Response(source.stream(from)).bytes();
    expect(Buffer.compare(rest, whole.subarray(from))).toBe(0);
  }
  expect(await secret(7)).toMatchObject({ media_id: 7, name: 'photo.jpg', type: 'image/jpeg' });
});

test('a file without a type is called what its name says', async () => {
  const typeOf = async (name: string) =>
    (await (await sealFile(new File(['x'], name))).secret(1)) as object;
  expect(await typeOf('a.PNG')).toMatchObject({ name: 'a.PNG', type: 'image/png' });
  expect(await typeOf('notes')).toMatchObject({ type: 'application/octet-stream' });
});

test('a file on disk is encrypted as any other', async () => {
  const stream = (from: number) => photo.slice(from).stream();
  const { source, secret } = await sealFile({ name: 'a.jpg', type: '', size: photo.size, stream });
  const server = new FakeFiles();
  const media_id = await server.upload(source);
  const stored = MediaSecret.parse(await secret(media_id));
  expect(stored).toMatchObject({ name: 'a.jpg', type: 'image/jpeg' });
  expect(await (await new EncryptedFiles(server).read(stored)).text()).toBe(await photo.text());
});
