import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfabClient } from '@confab/client';
import type { MediaSecret } from '@confab/client/e2ee';
import type { Chat, ChatId } from '@confab/protocol';
import { readyKeys } from '../packages/client/src/e2ee/testing/ready-keys';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { remainsOf } from '../packages/server/src/testing/remains';
import { TestServer } from '../packages/server/src/testing/server';
import { storedFiles } from '../packages/server/src/testing/stored';
import { eventually } from '../packages/server/src/testing/waiting';
import { SecretPerson } from './support/secret-person';

/** Files of encrypted chats, by the SDK and the real server. */

const MIB = 1024 * 1024;
const LINE = 'CANARY of nobody else\n';
const BIG = LINE.repeat(Math.ceil((3 * MIB) / LINE.length));
const notes = () => new File([BIG], 'CANARY notes.txt', { type: 'text/plain', lastModified: 1 });

describe.each(DIALECTS)('files of encrypted chats, on %s:', (dialect) => {
  let server: TestServer;
  let alice: SecretPerson;
  let bob: SecretPerson;
  let chat: Chat;

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    const makeKeys = readyKeys();
    alice = await SecretPerson.make({ url: server.url, name: 'alice', makeKeys });
    bob = await SecretPerson.make({ url: server.url, name: 'bob', makeKeys });
    await alice.encryption.setUp('Laptop');
    await bob.encryption.setUp('Laptop');
    chat = await alice.encryption.openDirect(bob.id);
  });
  afterEach(async () => {
    const stored = await remainsOf(server);
    expect(stored.includes('alice@example.org')).toBe(true);
    expect(stored.includes('CANARY')).toBe(false);
  });
  afterAll(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await server.stop();
  });

  const paths = () => storedFiles(server.directory).map((path) => join(server.directory, path));
  /** The file that somebody sees in the message with this text. */
  async function fileOf(person: SecretPerson, chatId: ChatId, text: string): Promise<MediaSecret> {
    return person.until(() => {
      const view = person.views(chatId).find((one) => one.state === 'shown' && one.text === text);
      return view?.state === 'shown' ? view.media[0] : undefined;
    });
  }

  test('a file goes from one to the other, and the server has neither content nor name of it', async () => {
    const told: number[] = [];
    await alice.client.send(chat.id, {
      content: 'whole',
      files: [notes()],
      onProgress: ({ bytes }) => told.push(bytes),
      describe: async (file) => ({ width: file.size % 1000, height: 480, waveform: [1, 100] }),
    });
    expect(told.at(-1)).toBeGreaterThan(BIG.length);
    const secret = await fileOf(bob, chat.id, 'whole');
    expect(secret).toMatchObject({ name: 'CANARY notes.txt', size: BIG.length });
    expect(secret).toMatchObject({ width: BIG.length % 1000, height: 480, waveform: [1, 100] });
    expect(bob.views(chat.id).at(-1)).toMatchObject({ content_type: 'file' });
    const [held] = bob.message(chat.id, 'whole').media;
    expect(held).toMatchObject({
      id: secret.media_id,
      original_filename: 'file',
      mime_type: 'application/octet-stream',
    });
    const { files } = bob.encryption;
    expect(await new Response(await files.stream(secret)).text()).toBe(BIG);
    expect(await (await files.read(secret)).text()).toBe(BIG);
  });

  test('a file stays with its message when the text beside it is changed', async () => {
    await alice.client.send(chat.id, { content: 'befor', files: [notes()] });
    const { media_id } = await fileOf(bob, chat.id, 'befor');
    await fileOf(alice, chat.id, 'befor');
    await alice.client.edit(alice.message(chat.id, 'befor').id, 'better');
    const kept = await fileOf(bob, chat.id, 'better');
    expect(kept).toMatchObject({ media_id, name: 'CANARY notes.txt' });
    expect(bob.views(chat.id).at(-1)).toMatchObject({ content_type: 'file' });
    expect(await (await bob.encryption.files.read(kept)).text()).toBe(BIG);
  });

  test('a player reads anywhere in a file', async () => {
    await alice.client.send(chat.id, { content: 'part', files: [notes()] });
    const opener = bob.encryption.files.open(await fileOf(bob, chat.id, 'part'));
    for (const [start, end] of [
      [0, 10],
      [MIB - 5, MIB + 5],
      [BIG.length - 7, BIG.length],
    ] as const) {
      expect(Buffer.from(await opener.slice(start, end)).toString()).toBe(BIG.slice(start, end));
    }
  });

  test('a file that was changed where it lies is refused', async () => {
    const before = new Set(paths());
    await alice.client.send(chat.id, { content: 'changed', files: [notes()] });
    const secret = await fileOf(bob, chat.id, 'changed');
    const [path = ''] = paths().filter((one) => !before.has(one));
    const bytes = readFileSync(path);
    bytes[2 * MIB] = (bytes[2 * MIB] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { files } = bob.encryption;
    await expect(files.read(secret)).rejects.toMatchObject({ reason: 'undecryptable' });
    expect((await files.open(secret).slice(0, 22)).length).toBe(22);
  });

  test('what is erased with its message is erased from the store', async () => {
    const before = paths().length;
    await alice.client.send(chat.id, { content: 'short-lived', files: [notes()] });
    const { media_id } = await fileOf(bob, chat.id, 'short-lived');
    await fileOf(alice, chat.id, 'short-lived');
    expect(paths().length).toBe(before + 1);
    await alice.client.delete(bob.message(chat.id, 'short-lived').id);
    await eventually(() => paths().length === before, 'the file is gone');
    await expect(bob.client.api.mediaInfo(media_id as never)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('nothing is sent to an encrypted chat as the server can read it', async () => {
    const upload = alice.client.upload(new Blob(['open']));
    const open = { code: 'cannot_encrypt' };
    await expect(
      alice.client.send(chat.id, { content: '', files: [upload] }),
    ).rejects.toMatchObject(open);
    const { id } = await upload.done;
    await expect(
      alice.client.send(chat.id, { content: '', media_ids: [id] }),
    ).rejects.toMatchObject(open);
  });

  test('a picture with its thumbnail is sent by whoever knows more of it', async () => {
    const thumbnail = { blob: new Blob(['CANARY small'], { type: 'image/webp' }), width: 4 };
    const { files } = alice.encryption;
    const facts = { name: 'CANARY.jpg', type: 'image/jpeg', width: 40, height: 30 };
    const secret = await files.upload(new Blob(['CANARY large']), facts, { thumbnail });
    const media_ids = [secret.media_id, secret.thumbnail?.media_id ?? 0] as never[];
    await alice.client.send(chat.id, {
      content: 'picture',
      secret: { media: [secret] },
      media_ids,
    });
    const seen = await fileOf(bob, chat.id, 'picture');
    expect(seen).toEqual(secret);
    expect(bob.views(chat.id).at(-1)).toMatchObject({ content_type: 'image' });
    const small = seen.thumbnail;
    expect(small && (await (await bob.encryption.files.read(small)).text())).toBe('CANARY small');
  });

  test('a client that holds no chats yet, and cannot encrypt, uploads nothing', async () => {
    const before = paths().length;
    const client = new ConfabClient({ server: server.url });
    await client.login('alice', 'correct horse battery');
    const sending = client.send(chat.id, { content: 'open', files: [notes()] });
    await expect(sending).rejects.toMatchObject({ code: 'cannot_encrypt' });
    expect(paths().length).toBe(before);
    await client.close();
  });
});
