import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress, Upload } from '@confab/client';
import { ConfabClient, MemoryUploadStore } from '@confab/client';
import type { Chat } from '@confab/protocol';
import { PIXEL } from '../packages/server/src/testing/files';
import { ManualClock } from '../packages/server/src/testing/manual-clock';
import { TestServer } from '../packages/server/src/testing/server';
import { storedFiles } from '../packages/server/src/testing/stored';
import { eventually } from '../packages/server/src/testing/waiting';
import { MortalServer } from './support/mortal-server';
import { SdkPerson } from './support/sdk-person';

const MIB = 1024 * 1024;
/** Text that is nowhere the same, so that a piece at the wrong place shows. */
const BIG = Buffer.from(
  Array.from({ length: (20 * MIB) / 16 }, (_, n) => String(n).padStart(15, '0')).join('\n'),
);
const fileOf = (bytes: Buffer<ArrayBuffer>, name: string, type = 'text/plain') =>
  new File([bytes], name, { type, lastModified: 1 });

/** Keeps what an upload told of its progress. */
function watched() {
  const told: Progress[] = [];
  return { told, onProgress: (progress: Progress) => void told.push(progress) };
}

/** Never less than before, and all of it at the end. */
function expectWhole(told: readonly Progress[], total: number) {
  const bytes = told.map((progress) => progress.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(told.at(-1)).toEqual({ bytes: total, total });
}

/** Resolves once so many bytes of an upload have gone. */
const sent = (upload: Upload, bytes: number) =>
  eventually(() => upload.progress.bytes >= bytes, `${bytes} bytes`);

describe('files with the SDK', () => {
  let server: MortalServer;
  let ann: SdkPerson;
  let ben: SdkPerson;
  let chat: Chat;
  beforeAll(async () => {
    server = await MortalServer.start('sqlite');
    ann = await SdkPerson.register(server.url, 'ann');
    ben = await SdkPerson.register(server.url, 'ben');
    chat = await ann.client.openDirect(ben.client.userId);
  });
  afterAll(async () => {
    await Promise.all([ann.client.close(), ben.client.close()]);
    await server.drop();
  });
  const stored = () => storedFiles(server.database.env.STORAGE_DIR ?? '');

  test('a large one outlives a server that is killed in the middle', async () => {
    const { told, onProgress } = watched();
    const upload = ann.client.upload(fileOf(BIG, 'numbers.txt'), { onProgress });
    await sent(upload, 4 * MIB);
    await server.kill();
    expect(upload.state).toBe('running');
    expect(upload.progress.bytes).toBeLessThan(BIG.length);
    await server.start();
    const media = await upload.done;
    expectWhole(told, BIG.length);
    expect(media).toMatchObject({ original_filename: 'numbers.txt', file_size: BIG.length });

    await ann.client.send(chat.id, { content: 'all of them', media_ids: [media.id] });
    const message = await eventually(
      () => ben.client.messages(chat.id).find(({ content }) => content === 'all of them'),
      'the message',
    );
    expect(message.media).toEqual([{ ...media, message_id: message.id }]);
    const coming = watched();
    const stream = await ben.client.download(media, coming);
    expect(Buffer.from(await new Response(stream).arrayBuffer()).equals(BIG)).toBe(true);
    expectWhole(coming.told, BIG.length);
  }, 60_000);

  test('a server that is stopped and started again is not noticed', async () => {
    const upload = ann.client.upload(fileOf(BIG, 'stopped.txt'));
    await sent(upload, 4 * MIB);
    expect(await server.terminate()).toBe(0);
    expect(upload.state).toBe('running');
    await server.start();
    expect((await upload.done).file_size).toBe(BIG.length);
  }, 60_000);

  test('a paused one goes on where it was, a cancelled one leaves nothing', async () => {
    const before = stored();
    const upload = ann.client.upload(fileOf(BIG, 'paused.txt'));
    await sent(upload, 2 * MIB);
    upload.pause();
    expect(upload.state).toBe('paused');
    upload.resume();
    await sent(upload, 8 * MIB);
    upload.pause();
    const { bytes } = upload.progress;
    await upload.cancel();
    expect(upload.state).toBe('cancelled');
    expect(await upload.done.catch((error) => error.code)).toBe('cancelled');
    expect(bytes).toBeLessThan(BIG.length);
    expect(stored()).toEqual(before);
  }, 60_000);

  test('the server tells how large a file may be', async () => {
    expect(await ann.client.maxFileBytes()).toBe(100 * MIB);
  });

  test('files are sent with their message, or not at all', async () => {
    const picture = fileOf(PIXEL, 'pixel.png', 'image/png');
    const { told, onProgress } = watched();
    let each: readonly Progress[] = [];
    await ann.client.send(chat.id, {
      content: 'look',
      files: [picture, fileOf(BIG, 'b.txt')],
      onProgress,
      onEachProgress: (progress) => {
        each = progress;
      },
    });
    expectWhole(told, PIXEL.length + BIG.length);
    expect(each.map(({ bytes }) => bytes)).toEqual([PIXEL.length, BIG.length]);
    const message = await eventually(
      () => ben.client.messages(chat.id).find(({ content }) => content === 'look'),
      'the message',
    );
    expect(message).toMatchObject({ content_type: 'image' });
    expect(message.media.map((file) => file.original_filename)).toEqual(['pixel.png', 'b.txt']);
    const [image] = message.media;
    if (!image) throw new Error('There is no picture');
    const url = await ben.client.mediaUrl(image);
    expect(await ben.client.mediaUrl(image)).toBe(url);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch((await ben.client.thumbnailUrl(image)) ?? '')).status).toBe(200);

    const before = stored();
    const liar = fileOf(Buffer.from('hello'), 'hello.png', 'image/png');
    const files = [picture, fileOf(BIG, 'c.txt'), liar];
    const refused = await ann.client.send(chat.id, { content: 'no', files }).catch((e) => e.code);
    expect(refused).toBe('type_mismatch');
    expect(ann.client.pending()).toEqual([]);
    await eventually(() => stored().length === before.length, 'nothing left');
  }, 60_000);

  test('an upload goes on in another run of the program', async () => {
    const uploads = new MemoryUploadStore();
    const first = await ann.anotherDevice(server.url, { uploads });
    const file = fileOf(BIG, 'twice.txt');
    const begun = first.client.upload(file);
    await sent(begun, 6 * MIB);
    await first.client.close();
    expect(await begun.done.catch((error) => error.code)).toBe('closed');
    const second = await ann.anotherDevice(server.url, { uploads });
    const { told, onProgress } = watched();
    const media = await second.client.upload(file, { onProgress }).done;
    expect(told[0]?.bytes).toBeGreaterThan(2 * MIB);
    expectWhole(told, BIG.length);
    const whole = await new Response(await second.client.download(media)).arrayBuffer();
    expect(Buffer.from(whole).equals(BIG)).toBe(true);
    await second.client.close();
  }, 60_000);

  test('an upload of which all had come when the server was killed is finished', async () => {
    const uploads = new MemoryUploadStore();
    const first = await ann.anotherDevice(server.url, { uploads });
    const file = fileOf(BIG, 'whole.txt');
    const begun = first.client.upload(file);
    await sent(begun, 2 * MIB);
    await first.client.close();
    await server.kill();
    const folder = join(server.database.env.STORAGE_DIR ?? '', 'incoming', 'tus');
    const [id = ''] = readdirSync(folder).filter((name) => !name.endsWith('.json'));
    writeFileSync(join(folder, id), BIG);
    await server.start();
    const second = await ann.anotherDevice(server.url, { uploads });
    const media = await second.client.upload(file).done;
    const whole = await new Response(await second.client.download(media)).arrayBuffer();
    expect(Buffer.from(whole).equals(BIG)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    await second.client.close();
  }, 60_000);

  test('a file goes to a message that is there, and to a profile', async () => {
    await ann.client.send(chat.id, { content: '', message_type: 'image' });
    const message = await eventually(
      () => ann.client.messages(chat.id).find(({ content }) => content === ''),
      'the message',
    );
    const picture = fileOf(PIXEL, 'pixel.png', 'image/png');
    const media = await ann.client.upload(picture, { messageId: message.id }).done;
    const held = () => ben.client.message(message.id)?.media.map(({ id }) => id);
    await eventually(() => held()?.includes(media.id), 'the picture at its message');
    const me = await ann.client.setAvatar(picture);
    const [large, small] = [ann.client.avatarUrl(me), ann.client.avatarUrl(me, 'small')];
    for (const url of [large, small]) expect((await fetch(url ?? '')).status).toBe(200);
    await ann.client.api.removeAvatar();
    expect((await ann.client.api.me()).avatar_url).toBeNull();
  });
});

test('an upload goes on with a new token when the old one ends in the middle', async () => {
  const clock = new ManualClock(Date.now());
  const server = await TestServer.start({ clock, env: { ACCESS_TOKEN_TTL_S: '60' } });
  const client = new ConfabClient({ server: server.url });
  await client.register({ username: 'ann', email: 'ann@example.org', password: 'password' });
  let isOver = false;
  const onProgress = ({ bytes }: Progress) => {
    if (bytes < 4 * MIB || isOver) return;
    isOver = true;
    clock.advance(61_000);
  };
  const name = 'größe "2".txt';
  const media = await client.upload(fileOf(BIG, name), { onProgress }).done;
  expect(isOver).toBe(true);
  const whole = await new Response(await client.download(media)).arrayBuffer();
  expect(Buffer.from(whole).equals(BIG)).toBe(true);
  const small = await client.upload(fileOf(Buffer.from('hello'), name)).done;
  expect([media, small].map((file) => file.original_filename)).toEqual([name, name]);
  await client.close();
  await server.stop();
}, 60_000);
