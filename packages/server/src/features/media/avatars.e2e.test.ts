import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Me } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FakeProcessor } from '../../testing/fake-processor';
import { PIXEL } from '../../testing/files';
import { TestServer } from '../../testing/server';
import { storedFiles } from '../../testing/stored';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

describe.each(DIALECTS)('pictures of users and groups on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let ben: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, media: { processor: new FakeProcessor() } });
    [ann, ben] = [await server.user('ann'), await server.user('ben')];
  });
  afterAll(() => server.stop());

  const put = (user: TestUser, path: string, body: BodyInit = PIXEL, type = 'image/png') =>
    user.fetch(path, { method: 'PUT', body, headers: { 'content-type': type } });
  const load = (url: string | null) => fetch(server.url + url);
  const untilOnly = (count: number) =>
    eventually(() => storedFiles(server.directory).length === count, `only ${count} files`);

  test('a picture of oneself is loaded by anybody who knows its name, in two sizes', async () => {
    const me: Me = await (await put(ann, '/api/auth/me/avatar')).json();
    expect(me.avatar_url).toMatch(/^\/media\/avatars\/[0-9a-f]{32}\.webp$/);
    const large = await load(me.avatar_url);
    expect([large.status, await large.text()]).toEqual([200, 'large']);
    expect(large.headers.get('cache-control')).toContain('immutable');
    const small = await load((me.avatar_url ?? '').replace('.webp', '-96.webp'));
    expect(await small.text()).toBe('small');
    const seen = await ben.must<Me>('GET', `/api/users/${ann.id}`);
    expect(seen.avatar_url).toBe(me.avatar_url);
  });

  test('a new one takes the place of the old, and none is left of those taken away', async () => {
    const first: Me = await (await put(ann, '/api/auth/me/avatar')).json();
    const second: Me = await (await put(ann, '/api/auth/me/avatar')).json();
    expect((await load(first.avatar_url)).status).toBe(404);
    expect((await load(second.avatar_url)).status).toBe(200);
    await untilOnly(2);
    await ann.must('DELETE', '/api/auth/me/avatar');
    expect((await ann.must<Me>('GET', '/api/auth/me')).avatar_url).toBeNull();
    expect((await load(second.avatar_url)).status).toBe(404);
    await untilOnly(0);
    await put(ann, '/api/auth/me/avatar');
    await ann.must('PUT', '/api/auth/me', { avatar_url: 'https://example.org/a.png' });
    await untilOnly(0);
  });

  test('sent as a form is told to be sent by itself', async () => {
    const form = new FormData();
    form.append('file', new Blob([PIXEL], { type: 'image/png' }), 'me.png');
    const answer = await ann.fetch('/api/auth/me/avatar', { method: 'PUT', body: form });
    expect(await answer.json()).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      detail: 'Send the picture itself as the body, with Content-Type image/…',
    });
  });

  test('stays when a whole profile is sent back as it was', async () => {
    const { avatar_url, bio, full_name }: Me = await (await put(ann, '/api/auth/me/avatar')).json();
    await ann.must('PUT', '/api/auth/me', { avatar_url, bio, full_name });
    expect((await load(avatar_url)).status).toBe(200);
    const group = await ann.group('Readers', ben);
    const chat: Chat = await (await put(ann, `/api/chats/${group.id}/avatar`)).json();
    await ann.must('PUT', `/api/chats/${group.id}`, { avatar_url: chat.avatar_url, name: 'Books' });
    expect((await load(chat.avatar_url)).status).toBe(200);
    await ann.must('DELETE', '/api/auth/me/avatar');
    await ann.must('DELETE', `/api/chats/${group.id}/avatar`);
    await untilOnly(0);
  });

  test('a group’s is set by its admins, and its members are told', async () => {
    const group = await ann.group('Hikers', ben);
    const path = `/api/chats/${group.id}/avatar`;
    expect((await put(ben, path)).status).toBe(403);
    const socket = await ben.connect();
    const chat: Chat = await (await put(ann, path)).json();
    expect((await load(chat.avatar_url)).status).toBe(200);
    const { chat: told } = await socket.event('chat_updated');
    expect(told.avatar_url).toBe(chat.avatar_url);
    await ann.must('DELETE', path);
    const bare = await ann.must<Chat>('GET', `/api/chats/${group.id}`);
    expect(bare.avatar_url).toBeNull();
    await untilOnly(0);
    socket.close();
  });

  test('a direct chat has none', async () => {
    const direct = await ann.direct(ben);
    expect((await put(ann, `/api/chats/${direct.id}/avatar`)).status).toBe(403);
  });

  test.each([
    ['nothing', '', 'image/png', 422],
    ['text', 'hello', 'text/plain', 415],
    ['text that claims to be a picture', 'hello', 'image/png', 415],
    ['a web page', '<html></html>', 'text/html', 415],
    ['too much', new Uint8Array(20 * 2 ** 20 + 1), 'image/png', 413],
  ])('%s is refused', async (_, body, type, status) => {
    expect((await put(ann, '/api/auth/me/avatar', body, type)).status).toBe(status);
    await untilOnly(0);
  });

  test.each(['0'.repeat(32), `${'0'.repeat(32)}-96`])('%s is nobody’s', async (name) => {
    expect((await load(`/media/avatars/${name}.webp`)).status).toBe(404);
  });

  test.each(['..%2f..%2fsecret', 'x.webp', `${'0'.repeat(32)}.png`])(
    '%s is no name of a picture',
    async (name) => {
      expect((await load(`/media/avatars/${name}`)).status).toBe(422);
    },
  );
});
