import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  ConfabError,
  type Me,
  type Media,
  type MediaLink,
  type Message,
  type MessagePage,
} from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FakeProcessor } from '../../testing/fake-processor';
import { picture, text, tryUpload, upload } from '../../testing/files';
import { ManualClock } from '../../testing/manual-clock';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import { storedFiles } from '../../testing/stored';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const HOUR_MS = 3600_000;

describe.each(DIALECTS)('files on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let ben: TestUser;
  let cat: TestUser;
  let chatId: number;
  const processor = new FakeProcessor();
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock: patientClock, media: { processor } });
    [ann, ben, cat] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('cat'),
    ];
    chatId = (await ann.group('Friends', ben)).id;
  });
  afterAll(() => server.stop());

  const sent = async (...files: Parameters<typeof upload>[1]) => {
    const media = await upload(ann, files);
    const message = await ann.send(chatId, 'look', { media_ids: media.map((file) => file.id) });
    return { message, file: message.media[0] as Media };
  };
  const statuses = async (user: TestUser, file: Media) => {
    const paths = ['', '/thumbnail', '/info', '/link'].map((path) => `${file.url}${path}`);
    const answers = await Promise.all(paths.map((path) => user.fetch(path)));
    return answers.map((answer) => answer.status);
  };
  const ALL = [200, 200, 200, 200];
  const NONE = [404, 404, 404, 404];
  const untilOnly = (count: number) =>
    eventually(() => storedFiles(server.directory).length === count, `only ${count} files`);

  describe('are seen', () => {
    test('by members of their chat, as long as they are members', async () => {
      const group = await ann.group('Changing', ben);
      const [uploaded] = await upload(ann, [picture()]);
      const { media } = await ann.send(group.id, 'look', { media_ids: [uploaded?.id] });
      const file = media[0] as Media;
      expect(await statuses(ben, file)).toEqual(ALL);
      expect(await statuses(cat, file)).toEqual(NONE);
      await ann.must('POST', `/api/chats/${group.id}/members`, { user_id: cat.id });
      expect(await statuses(cat, file)).toEqual(ALL);
      await ann.must('DELETE', `/api/chats/${group.id}/members/${ben.id}`);
      expect(await statuses(ben, file)).toEqual(NONE);
    });

    test('by their uploader alone until they are sent', async () => {
      const [file] = await upload(ann, [picture()]);
      expect(await statuses(ann, file as Media)).toEqual(ALL);
      expect(await statuses(ben, file as Media)).toEqual(NONE);
    });

    test('by nobody once their message is gone', async () => {
      const { message, file } = await sent(picture());
      await ann.must('DELETE', `/api/messages/${message.id}`);
      expect(await statuses(ann, file)).toEqual(NONE);
    });

    test('by nobody while their uploader’s account is deactivated', async () => {
      const dan = await server.user('dan');
      const chat = await dan.group('Left behind', ben);
      const [uploaded] = await upload(dan, [picture()]);
      const { media, id } = await dan.send(chat.id, 'look', { media_ids: [uploaded?.id] });
      const file = media[0] as Media;
      const { url } = await ben.must<MediaLink>('GET', `${file.url}/link`);
      const desk = server.services.administration.desk;
      const shown = async () =>
        (await ben.must<MessagePage>('GET', `/api/messages/${chat.id}?around=${id}`)).items
          .filter((message) => message.id === id)
          .flatMap((message) => message.media);
      await desk.run('deactivate', { username: dan.username });
      expect(await statuses(ben, file)).toEqual(NONE);
      expect((await fetch(server.url + url)).status).toBe(404);
      expect(await shown()).toEqual([]);
      await desk.run('reactivate', { username: dan.username });
      expect(await statuses(ben, file)).toEqual(ALL);
      expect(await shown()).toHaveLength(1);
    });

    test('with their messages, wherever those are shown', async () => {
      const { message, file } = await sent(picture());
      const shown = (found: Message | null | undefined) =>
        found?.media.map((each) => each.id) as number[];
      const page = await ben.must<MessagePage>('GET', `/api/messages/${chatId}?limit=1`);
      expect(shown(page.items[0])).toEqual([file.id]);
      const sync = await ben.must<{ chats: Record<string, { messages: Message[] }> }>(
        'POST',
        '/api/sync',
        { chats: {} },
      );
      expect(shown(sync.chats[chatId]?.messages.at(-1))).toEqual([file.id]);
      const list = await ben.must<{ items: { id: number; last_message: Message }[] }>(
        'GET',
        '/api/chats',
      );
      expect(shown(list.items.find((chat) => chat.id === chatId)?.last_message)).toEqual([file.id]);
      const find = (flag: boolean) =>
        ben
          .must<{ items: Message[] }>('GET', `/api/messages/search?q=look&has_media=${flag}`)
          .then(({ items }) => items.map((item) => item.id));
      expect(await find(true)).toContain(message.id);
      expect(await find(false)).not.toContain(message.id);
      await ann.must('PUT', `/api/messages/${message.id}/pin`);
      const pins = await ben.must<MessagePage>('GET', `/api/chats/${chatId}/pins`);
      expect(shown(pins.items[0])).toEqual([file.id]);
      const reacted = await ben.must<Message>('PUT', `/api/messages/${message.id}/reactions/👍`);
      expect(shown(reacted)).toEqual([file.id]);
    });
  });

  describe('links', () => {
    const linkTo = (user: TestUser, file: Media, query = '') =>
      user.must<MediaLink>('GET', `${file.url}/link${query}`);
    const open = async (url: string) => (await fetch(server.url + url)).status;

    test('of a file without a thumbnail are told so', async () => {
      const [file] = await upload(ann, [text('words')]);
      for (const path of ['thumbnail', 'link?variant=thumbnail']) {
        const { body } = await ann.call('GET', `${file?.url}/${path}`);
        expect(body).toMatchObject({ status: 404, detail: 'This file has no thumbnail' });
        const { body: foreign } = await ben.call('GET', `${file?.url}/${path}`);
        expect(foreign).toMatchObject({ status: 404, detail: 'There is no such file' });
      }
    });

    test('open files and thumbnails without a token', async () => {
      const { file } = await sent(picture());
      const whole = await linkTo(ben, file);
      expect((await fetch(server.url + whole.url)).headers.get('content-type')).toBe('image/png');
      const small = await linkTo(ben, file, '?variant=thumbnail');
      expect(await (await fetch(server.url + small.url)).text()).toBe('a thumbnail');
      const wait = Date.parse(whole.expires_at) - Date.now();
      expect(wait).toBeLessThanOrEqual(300_000);
    });

    test('lead to no other file, and nowhere when they are made up', async () => {
      const [{ file: one }, { file: other }] = [await sent(picture()), await sent(picture())];
      const { url } = await linkTo(ben, one);
      expect(await open(url.replace(`/media/${one.id}`, `/media/${other.id}`))).toBe(404);
      expect(await open(`/media/${one.id}?t=abc`)).toBe(404);
      expect(await open(`/media/${one.id}`)).toBe(422);
    });

    test('end with the membership', async () => {
      const group = await ann.group('Ending', ben);
      const [uploaded] = await upload(ann, [picture()]);
      const { media } = await ann.send(group.id, '', { media_ids: [uploaded?.id] });
      const { url } = await linkTo(ben, media[0] as Media);
      expect(await open(url)).toBe(200);
      await ann.must('DELETE', `/api/chats/${group.id}/members/${ben.id}`);
      expect(await open(url)).toBe(404);
    });

    test('end with the session that asked for them', async () => {
      const { file } = await sent(picture());
      const phone = await ben.signIn();
      const { url } = await linkTo(phone, file);
      await phone.must('POST', '/api/auth/logout');
      expect(await open(url)).toBe(404);
    });
  });

  describe('leave the store', () => {
    test('with their message', async () => {
      const before = storedFiles(server.directory).length;
      const { message } = await sent(picture(), text('x'));
      expect(storedFiles(server.directory)).toHaveLength(before + 3);
      const tombstone = ann.must('DELETE', `/api/messages/${message.id}`);
      await tombstone;
      await untilOnly(before);
      const page = await ben.must<MessagePage>('GET', `/api/messages/${chatId}?limit=1`);
      expect(page.items[0]).toMatchObject({ is_deleted: true, media: [] });
    });

    test('one by one, by their uploader or an admin', async () => {
      const before = storedFiles(server.directory).length;
      const { message, file } = await sent(picture(), text('x'));
      expect((await ben.call('DELETE', file.url)).status).toBe(403);
      expect((await cat.call('DELETE', file.url)).status).toBe(404);
      const socket = await ben.connect();
      await ann.must('DELETE', file.url);
      const { message: told } = await socket.event('message_updated');
      expect([told.id, told.media.length]).toEqual([message.id, 1]);
      expect((await ann.call('DELETE', file.url)).status).toBe(404);
      const last = told.media[0] as Media;
      await ann.must('DELETE', last.url);
      await untilOnly(before);
      socket.close();
    });

    test('with their chat', async () => {
      const before = storedFiles(server.directory).length;
      const group = await ann.group('Short', ben);
      const [uploaded] = await upload(ann, [picture()]);
      await ann.send(group.id, '', { media_ids: [uploaded?.id] });
      await ann.fetch(`/api/chats/${group.id}/avatar`, {
        method: 'PUT',
        body: picture().bytes,
        headers: { 'content-type': 'image/png' },
      });
      expect(storedFiles(server.directory)).toHaveLength(before + 4);
      await ann.must('DELETE', `/api/chats/${group.id}`);
      await untilOnly(before);
    });

    test("with their uploader's account, and the chat is told", async () => {
      const before = storedFiles(server.directory).length;
      const dan = await server.user('dan');
      const direct = await dan.direct(ann);
      const [a] = await upload(dan, [picture(), text('unsent')]);
      const { id } = await dan.send(direct.id, 'my picture', { media_ids: [a?.id] });
      const socket = await ann.connect();
      await dan.must('DELETE', '/api/auth/me', { password: 'password' });
      const { message } = await socket.event('message_updated', (f) => f.message.id === id);
      expect(message).toMatchObject({ content: 'my picture', media: [] });
      await untilOnly(before);
      socket.close();
    });
  });

  test('that are still looked into are told of when more is known', async () => {
    const held = Promise.withResolvers<void>();
    const slow = await TestServer.start({ dialect, media: { processor } });
    const user = await slow.user('eve');
    const chat = await user.direct(user);
    const socket = await user.connect();
    processor.gate = held.promise;
    const sending = user.send(chat.id, '', { message_type: 'image' });
    const { id } = await sending;
    const uploading = upload(user, [picture()], id);
    // The answer comes when it has waited long enough.
    const [file] = await uploading;
    expect(file).toMatchObject({ is_processed: false, thumbnail_path: null, width: null } as never);
    held.resolve();
    const known = (m: Message) => m.media[0]?.is_processed === true;
    const { message } = await socket.event('message_updated', (frame) => known(frame.message));
    expect(message.media[0]).toMatchObject({ id: file?.id, width: 640 } as never);
    processor.gate = Promise.resolve();
    socket.close();
    await slow.stop();
  });

  test('that a stop broke off are looked into after the next start', async () => {
    const slow = new FakeProcessor();
    const other = await TestServer.start({ dialect, media: { processor: slow } });
    const user = await other.user('fay');
    slow.find = () => Promise.reject(new ConfabError('overloaded', 'The server is stopping.'));
    const [file] = await upload(user, [picture()]);
    expect(file?.is_processed).toBe(false);
    slow.find = new FakeProcessor().find;
    await other.restart();
    const info = await eventually(async () => {
      const found = await user.must<Media>('GET', `${file?.url}/info`);
      return found.is_processed && found;
    }, 'what there is to know');
    expect(info).toMatchObject({ width: 640, thumbnail_width: 48 });
    await other.stop();
  });

  test('that nothing can decode are refused; known later, they are for saving only', async () => {
    const damaged = new FakeProcessor();
    damaged.find = () => Promise.reject(new ConfabError('corrupt_media', 'The file is damaged'));
    const other = await TestServer.start({ dialect, media: { processor: damaged } });
    const user = await other.user('gus');
    const refused = await tryUpload(user, [picture()]);
    expect(refused.body).toMatchObject({ status: 422, code: 'corrupt_media' } as never);
    await eventually(() => storedFiles(other.directory).length === 0, 'nothing of it');
    const held = Promise.withResolvers<void>();
    damaged.gate = held.promise;
    const [file] = await upload(user, [picture()]);
    held.resolve();
    const info = await eventually(async () => {
      const found = await user.must<Media>('GET', `${file?.url}/info`);
      return found.is_processed && found;
    }, 'the end of processing');
    expect(info).toMatchObject({ media_type: 'other', thumbnail_path: null });
    const answer = await user.fetch(info.url);
    expect(answer.headers.get('content-disposition')).toStartWith('attachment');
    await other.stop();
  });

  test('are exported with their account', async () => {
    const { unzip } = await import('../../testing/zip');
    const eve = await server.user('eve');
    await upload(eve, [text('mine', 'mine.txt')]);
    const files = unzip(await (await eve.fetch('/api/auth/me/export')).arrayBuffer());
    const name = Object.keys(files).find((path) => path.endsWith('-mine.txt')) ?? '';
    expect(Buffer.from(files[name] ?? []).toString()).toBe('mine');
    expect(Buffer.from(files['media.jsonl'] ?? []).toString()).toContain('mine.txt');
  });
});

describe.each(DIALECTS)('time and room on %s', (dialect) => {
  test('what nobody sent is gone after a day; what is scheduled waits', async () => {
    const clock = new ManualClock();
    const media = { processor: new FakeProcessor() };
    const server = await TestServer.start({
      dialect,
      clock,
      media,
      env: { ACCESS_TOKEN_TTL_S: '2000000' },
    });
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const [lost, kept] = await upload(ann, [picture('lost.png'), picture('kept.png')]);
    await ann.must('POST', '/api/messages/scheduled', {
      chat_id: chat.id,
      media_ids: [kept?.id],
      send_at: new Date(clock.now() + 48 * HOUR_MS).toISOString(),
    });
    clock.leap(25 * HOUR_MS);
    await eventually(() => {
      clock.advance(1);
      return storedFiles(server.directory).length === 2;
    }, 'the end of what was not sent');
    expect((await ann.call('GET', `${lost?.url}/info`)).status).toBe(404);
    expect((await ann.call('GET', `${kept?.url}/info`)).status).toBe(200);
    clock.leap(24 * HOUR_MS);
    const message = await eventually(async () => {
      clock.advance(1);
      const page = await ann.must<MessagePage>('GET', `/api/messages/${chat.id}`);
      return page.items[0];
    }, 'the scheduled message');
    expect(message).toMatchObject({ content_type: 'image', media: [{ id: kept?.id }] } as never);
    await server.stop();
  });

  test('a cancelled message gives its files back', async () => {
    const server = await TestServer.start({ dialect, media: { processor: new FakeProcessor() } });
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const [file] = await upload(ann, [picture()]);
    const body = { chat_id: chat.id, media_ids: [file?.id] };
    const send_at = new Date(Date.now() + HOUR_MS).toISOString();
    const { id } = await ann.must<{ id: number }>('POST', '/api/messages/scheduled', {
      ...body,
      send_at,
    });
    await ann.must('DELETE', `/api/messages/scheduled/${id}`);
    const sent = await ann.send(chat.id, '', { media_ids: [file?.id] });
    expect(sent.media).toHaveLength(1);
    const again = await ann.call('POST', '/api/messages/scheduled', { ...body, send_at });
    expect(again.body).toMatchObject({ status: 409, code: 'media_in_use' });
    await server.stop();
  });

  test('a quota holds, however many come at once, and deleting frees it', async () => {
    const env = { USER_QUOTA_MB: '1' };
    const server = await TestServer.start({
      dialect,
      env,
      media: { processor: new FakeProcessor() },
    });
    const ann = await server.user('ann');
    const half = () => text('x'.repeat(400_000));
    const answers = await Promise.all([1, 2, 3, 4].map(() => tryUpload(ann, [half()])));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 413, 413]);
    expect((await tryUpload(ann, [half()])).body).toMatchObject({
      code: 'quota_exceeded',
      detail: expect.stringContaining('248,576 bytes are left of 1,048,576'),
    });
    const taken = answers.find((answer) => answer.status === 201)?.body.items[0];
    const room = () => ann.must<Me>('GET', '/api/auth/me');
    expect(await room()).toMatchObject({ used_bytes: 800_000, quota_bytes: 2 ** 20 });
    await ann.must('DELETE', taken?.url ?? '');
    expect(await room()).toMatchObject({ used_bytes: 400_000 });
    expect((await tryUpload(ann, [half()])).status).toBe(201);
    await eventually(() => storedFiles(server.directory).length === 2, 'only what was taken');
    await server.stop();
  });
});
