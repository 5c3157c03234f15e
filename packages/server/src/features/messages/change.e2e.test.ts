import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message, MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('changing messages on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let cid: TestUser;
  let chat: Chat;

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    chat = await ann.group('Changes', bob, cid);
    await ann.must('PUT', `/api/chats/${chat.id}/members/${cid.id}`, { role: 'admin' });
  });
  afterAll(() => server.stop());

  const rev = async () => (await ann.must<Chat>('GET', `/api/chats/${chat.id}`)).rev;
  const stored = async (id: number) => {
    const path = `/api/messages/${chat.id}?around=${id}&limit=1`;
    return (await bob.must<MessagePage>('GET', path)).items[0];
  };
  const edit = (user: TestUser, id: number, content: unknown) =>
    user.call<Message & { code?: string }>('PUT', `/api/messages/${id}`, { content });

  test('an edit shows everywhere, at a new revision', async () => {
    const message = await ann.send(chat.id, 'helo');
    const socket = await bob.connect();
    const before = await rev();
    const edited = await edit(ann, message.id, 'hello');
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({
      id: message.id,
      seq: message.seq,
      rev: before + 1,
      content: 'hello',
      is_edited: true,
      edited_at: expect.any(String),
      created_at: message.created_at,
    });
    expect((await socket.event('message_updated')).message).toEqual(edited.body);
    expect(await stored(message.id)).toEqual(edited.body);
    expect(await rev()).toBe(before + 1);
  });

  test('an edit that changes nothing is none', async () => {
    const message = await ann.send(chat.id, 'same');
    const before = await rev();
    expect((await edit(ann, message.id, 'same')).body).toMatchObject({ is_edited: false });
    expect(await rev()).toBe(before);
  });

  test('a command edits and deletes as REST does, and its ack tells the revision', async () => {
    const message = await ann.send(chat.id, 'one');
    const socket = await ann.connect();
    const before = await rev();
    const edited = await socket.request('edit_message', { message_id: message.id, content: 'two' });
    expect(edited).toMatchObject({ type: 'ack', rev: before + 1 });
    const deleted = await socket.request('delete_message', { message_id: message.id });
    expect(deleted).toMatchObject({ type: 'ack', rev: before + 2 });
    await socket.event('message_deleted', (frame) => frame.message.id === message.id);
  });

  test('only its sender edits a message, not even an admin', async () => {
    const message = await bob.send(chat.id, 'mine');
    for (const user of [ann, cid]) {
      expect((await edit(user, message.id, 'yours')).body).toMatchObject({
        status: 403,
        code: 'forbidden',
      } as never);
    }
    expect(await stored(message.id)).toMatchObject({ content: 'mine' });
  });

  test.each([
    ['nothing', '', 422],
    ['blanks', '   ', 422],
    ['a number', 5, 422],
    ['a NUL', '\u0000', 422],
    ['no content at all', undefined, 422],
    ['more than 16 KiB', 'x'.repeat(16_385), 413],
  ])('an edit to %s is refused', async (_, content, status) => {
    const message = await ann.send(chat.id, 'fine');
    expect((await edit(ann, message.id, content)).status).toBe(status);
    expect(await stored(message.id)).toMatchObject({ content: 'fine', is_edited: false });
  });

  test('a deleted message leaves a tombstone: its place, and nothing of what it said', async () => {
    const message = await ann.send(chat.id, 'secret', { client_message_id: crypto.randomUUID() });
    const answer = await bob.send(chat.id, 'indeed', { reply_to_id: message.id });
    await bob.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    await edit(ann, message.id, 'secret indeed');
    const socket = await bob.connect();
    const before = await rev();
    expect((await ann.call('DELETE', `/api/messages/${message.id}`)).status).toBe(204);
    const tombstone = {
      id: message.id,
      seq: message.seq,
      rev: before + 1,
      sender_id: ann.id,
      content: '',
      is_deleted: true,
      is_edited: false,
      edited_at: null,
      media: [],
      reactions: [],
    };
    expect((await socket.event('message_deleted')).message).toMatchObject(tombstone);
    expect(await stored(message.id)).toMatchObject(tombstone);
    expect((await stored(answer.id))?.reply_to).toMatchObject({ content: '', is_deleted: true });
    expect(JSON.stringify(await bob.must('GET', `/api/messages/${chat.id}`))).not.toContain(
      'secret',
    );
  });

  test('deleting twice is done once', async () => {
    const message = await ann.send(chat.id, 'gone');
    await ann.must('DELETE', `/api/messages/${message.id}`);
    const before = await rev();
    expect((await ann.call('DELETE', `/api/messages/${message.id}`)).status).toBe(204);
    expect(await rev()).toBe(before);
  });

  test('its sender, an admin and the owner delete a message; nobody else does', async () => {
    const cases = [
      [ann, bob, 403],
      [cid, bob, 403],
      [bob, bob, 204],
      [bob, cid, 204],
      [ann, cid, 204],
      [bob, ann, 204],
    ] as const;
    for (const [sender, deleter, status] of cases) {
      const message = await sender.send(chat.id, 'whose?');
      expect((await deleter.call('DELETE', `/api/messages/${message.id}`)).status).toBe(status);
    }
  });

  test('a deleted message is neither edited nor reacted to', async () => {
    const message = await ann.send(chat.id, 'gone');
    await ann.must('DELETE', `/api/messages/${message.id}`);
    const gone = { status: 409, code: 'message_deleted' };
    expect((await edit(ann, message.id, 'back')).body).toMatchObject(gone as never);
    const reaction = await bob.call('PUT', `/api/messages/${message.id}/reactions/👍`);
    expect(reaction.body).toMatchObject(gone);
  });

  test('a system message is neither edited nor deleted', async () => {
    await ann.must('PUT', `/api/chats/${chat.id}`, { name: `Renamed ${crypto.randomUUID()}` });
    const { items } = await ann.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=1`);
    const [message] = items;
    expect(message).toMatchObject({ content_type: 'system', sender_id: ann.id });
    expect((await edit(ann, message?.id ?? 0, 'mine now')).status).toBe(403);
    expect((await ann.call('DELETE', `/api/messages/${message?.id}`)).status).toBe(403);
  });

  test('changes and messages sent at once get revisions without gap or double', async () => {
    const own = await ann.group('Busy', bob);
    const first = await ann.send(own.id, 'start');
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => [
        ann.send(own.id, `a${i}`),
        bob.send(own.id, `b${i}`),
        edit(ann, first.id, `edit ${i}`),
        bob.must('PUT', `/api/messages/${first.id}/reactions/${['👍', '🎉'][i % 2]}`),
        ann.must('PUT', `/api/chats/${own.id}/settings`, { nickname: `n${i}` }),
      ]).flat(),
    );
    const { items } = await ann.must<MessagePage>('GET', `/api/messages/${own.id}`);
    expect(items.map((message) => message.seq)).toEqual(
      Array.from({ length: 21 }, (_, i) => i + 1),
    );
    // 1 for the group, 21 messages, 10 edits, 2 reactions, 10 nicknames.
    expect((await ann.must<Chat>('GET', `/api/chats/${own.id}`)).rev).toBe(1 + 21 + 10 + 2 + 10);
  });
});
