import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Media, Message, MessagePage, UploadAnswer } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FakeProcessor } from '../../testing/fake-processor';
import { formOf, PIXEL, picture, text, tryUpload, upload } from '../../testing/files';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import { storedFiles } from '../../testing/stored';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('uploads on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let ben: TestUser;
  let cat: TestUser;
  let chatId: number;
  const processor = new FakeProcessor();
  beforeAll(async () => {
    const env = { MAX_UPLOAD_MB: '1' };
    server = await TestServer.start({ dialect, clock: patientClock, env, media: { processor } });
    [ann, ben, cat] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('cat'),
    ];
    chatId = (await ann.group('Friends', ben)).id;
  });
  afterAll(() => server.stop());

  const messageOf = (id: number): Promise<Message> =>
    ann
      .must<MessagePage>('GET', `/api/messages/${chatId}?around=${id}`)
      .then((page) => page.items.find((item) => item.id === id) as Message);

  test('a file is stored, shown, and served as it was', async () => {
    const [file] = await upload(ann, [picture('Über den\u202e Wolken.png')]);
    expect(file).toMatchObject({
      message_id: null,
      uploader_id: ann.id,
      original_filename: 'Über den Wolken.png',
      file_size: PIXEL.length,
      mime_type: 'image/png',
      media_type: 'image',
      width: 640,
      height: 480,
      thumbnail_path: `/api/media/${file?.id}/thumbnail`,
      thumbnail_width: 48,
      is_processed: true,
      url: `/api/media/${file?.id}`,
    } as Partial<Media>);
    const answer = await ann.fetch(`/api/media/${file?.id}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(PIXEL)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const thumbnail = await ann.fetch(`/api/media/${file?.id}/thumbnail`);
    expect(await thumbnail.text()).toBe('a thumbnail');
    expect(await ann.must<Media>('GET', `/api/media/${file?.id}/info`)).toEqual(file as Media);
  });

  test('several files go to a message that is there already, and the chat is told', async () => {
    const socket = await ben.connect();
    const sent = await ann.send(chatId, '', { message_type: 'image' });
    const files = await upload(ann, [picture('a.png'), text('hello')], sent.id);
    const { message } = await socket.event('message_updated');
    expect(message.media).toEqual(files);
    expect(message.rev).toBeGreaterThan(sent.rev);
    expect(files.map((file) => [file.message_id, file.media_type])).toEqual([
      [sent.id, 'image'],
      [sent.id, 'document'],
    ]);
    expect((await messageOf(sent.id)).media).toEqual(files);
    await upload(ann, [text('more')], sent.id);
    expect((await messageOf(sent.id)).media).toHaveLength(3);
    socket.close();
  });

  test('what was uploaded before is sent with a message, in the order asked for', async () => {
    const socket = await ben.connect();
    const [a, b] = await upload(ann, [picture('a.png'), text('b')]);
    const sent = await ann.send(chatId, '', { media_ids: [b?.id, a?.id] });
    expect(sent).toMatchObject({ content: '', content_type: 'file' });
    expect(sent.media.map((file) => file.id)).toEqual([b?.id, a?.id] as never);
    const { message } = await socket.event('new_message');
    expect(message.media).toEqual(sent.media);
    const again = await ann.call('POST', `/api/messages/${chatId}`, { media_ids: [a?.id] });
    expect(again.body).toMatchObject({ status: 409, code: 'media_in_use' });
    const edited = await ann.must<Message>('PUT', `/api/messages/${sent.id}`, { content: 'x' });
    expect(edited.media).toEqual(sent.media);
    socket.close();
  });

  test('a repeated message has the files of the first', async () => {
    const [file] = await upload(ann, [picture()]);
    const body = { media_ids: [file?.id], client_message_id: crypto.randomUUID() };
    const first = await ann.call<Message>('POST', `/api/messages/${chatId}`, body);
    const second = await ann.call<Message>('POST', `/api/messages/${chatId}`, body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.media).toEqual(first.body.media);
  });

  test('one file for two messages at once: one of them gets it', async () => {
    const other = await ann.direct(ann);
    for (let round = 0; round < 5; round++) {
      const [file] = await upload(ann, [text(`round ${round}`)]);
      const body = { content: 'here', media_ids: [file?.id] };
      const answers = await Promise.all(
        [chatId, other.id, chatId].map((id) => ann.call('POST', `/api/messages/${id}`, body)),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    }
  });

  test("nobody sends another's file, or one that there is not", async () => {
    const [file] = await upload(ann, [picture()]);
    for (const id of [file?.id, 7e8]) {
      const answer = await ben.call('POST', `/api/messages/${chatId}`, { media_ids: [id] });
      expect(answer.body).toMatchObject({ status: 404, code: 'not_found' });
    }
    const twice = await ann.call('POST', `/api/messages/${chatId}`, {
      media_ids: [file?.id, file?.id],
    });
    expect(twice.body).toMatchObject({ status: 422, code: 'invalid' });
  });

  test('a video has the picture that its sender made, where the server makes none', async () => {
    const film = readFileSync(join(import.meta.dir, 'testing/fixtures/film.mp4'));
    const form = formOf([{ name: 'film.mp4', type: 'video/mp4', bytes: new Uint8Array(film) }]);
    form.append('poster', new Blob([picture().bytes], { type: 'image/png' }), 'poster.png');
    const answer = await ann.fetch('/api/media/upload', { method: 'POST', body: form });
    const { items }: UploadAnswer = await answer.json();
    expect(items[0]).toMatchObject({ media_type: 'video', thumbnail_width: 48, thumbhash: 'AAAA' });
    const thumbnail = await ann.fetch(items[0]?.thumbnail_path ?? '');
    expect(await thumbnail.text()).toBe('a thumbnail');
  });

  test('a recording is a voice message when its sender says so', async () => {
    const voice = readFileSync(join(import.meta.dir, 'testing/fixtures/av/opus.ogg'));
    const file = { name: 'voice.ogg', type: 'audio/ogg', bytes: new Uint8Array(voice) };
    const { body } = await tryUpload(ann, [file, { ...file, name: 'song.ogg' }], {
      fields: { is_voice: '1' },
    });
    expect(body.items.map((item) => item.is_voice)).toEqual([true, false]);
  });

  describe('are refused', () => {
    const refusals: [string, Parameters<typeof tryUpload>[1], number, string][] = [
      ['empty', [text('')], 422, 'invalid'],
      ['too large', [text('x'.repeat(2 ** 20 + 1))], 413, 'too_large'],
      [
        'a web page',
        [text('<!doctype html><script>alert(1)</script>')],
        415,
        'unsupported_media_type',
      ],
      ['no picture at all', [{ ...picture(), bytes: 'just text' }], 415, 'type_mismatch'],
      ['one bad among good', [picture(), text('')], 422, 'invalid'],
      ['too many', Array.from({ length: 21 }, () => text('x')), 422, 'invalid'],
      ['none', [], 422, 'invalid'],
    ];
    test.each(refusals)('%s', async (_, files, status, code) => {
      const before = storedFiles(server.directory);
      const answer = await tryUpload(ann, files);
      expect(answer.body).toMatchObject({ status, code } as never);
      await eventually(
        () => storedFiles(server.directory).length <= before.length,
        'that nothing is left of it',
      );
    });

    test('exactly as large as allowed is not', async () => {
      const [file] = await upload(ann, [text('x'.repeat(2 ** 20))]);
      expect(file?.file_size).toBe(2 ** 20);
    });

    test.each([
      ['application/json', '{}', 415],
      ['multipart/form-data', 'x', 415],
      ['multipart/form-data; boundary=x', 'no parts at all', 422],
      [
        'multipart/form-data; boundary=x',
        '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
        422,
      ],
    ])('a body of %s that is %s', async (type, body, status) => {
      const answer = await ann.fetch('/api/media/upload', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect(answer.status).toBe(status);
      expect(storedFiles(server.directory).filter((path) => path.startsWith('incoming'))).toEqual(
        [],
      );
    });

    test('to what is not a message of one’s own', async () => {
      const sent = await ann.send(chatId, 'mine');
      const status = async (user: TestUser, id: number) =>
        (await tryUpload(user, [text('x')], { messageId: id })).status;
      expect(await status(cat, sent.id)).toBe(404);
      expect(await status(ann, 7e8)).toBe(404);
      expect(await status(ben, sent.id)).toBe(403);
      await ann.must('DELETE', `/api/messages/${sent.id}`);
      expect(await status(ann, sent.id)).toBe(409);
    });

    test('past twenty files of a message', async () => {
      const sent = await ann.send(chatId, 'many');
      await upload(
        ann,
        Array.from({ length: 20 }, (_, i) => text(`${i}`)),
        sent.id,
      );
      const answer = await tryUpload(ann, [text('one more')], { messageId: sent.id });
      expect(answer.body).toMatchObject({ status: 409, code: 'conflict' } as never);
      const { media } = await messageOf(sent.id);
      expect(media).toHaveLength(20);
      // Whoever deletes one has room for another, which comes last.
      await ann.must('DELETE', `/api/media/${media[0]?.id}`);
      const [last] = await upload(ann, [text('instead')], sent.id);
      const ids = [...media.slice(1), last].map((file) => file?.id);
      expect((await messageOf(sent.id)).media.map(({ id }) => id)).toEqual(ids as Media['id'][]);
    });

    test('without a token', async () => {
      const body = formOf([picture()]);
      const answer = await fetch(`${server.url}/api/media/upload`, { method: 'POST', body });
      expect(answer.status).toBe(401);
    });
  });
});
