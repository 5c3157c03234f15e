import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('reactions on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let chat: Chat;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' }, crowd: 25 });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    chat = await ann.group('Reactions', bob, ...server.crowd);
  });
  afterAll(() => server.stop());

  const path = (message: Message, emoji: string) =>
    `/api/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`;
  const react = (user: TestUser, message: Message, emoji: string) =>
    user.call<Message>('PUT', path(message, emoji));
  const rev = async () => (await ann.must<Chat>('GET', `/api/chats/${chat.id}`)).rev;

  test('are counted by emoji, in the order in which they came', async () => {
    const message = await ann.send(chat.id, 'react!');
    const socket = await ann.connect();
    await react(bob, message, '👍');
    await react(bob, message, '🎉');
    const answer = await react(ann, message, '👍');
    expect(answer.body.reactions).toEqual([
      { emoji: '👍', count: 2, user_ids: [bob.id, ann.id] },
      { emoji: '🎉', count: 1, user_ids: [bob.id] },
    ] as never);
    const told = await socket.event(
      'message_updated',
      ({ message: m }) => m.rev === answer.body.rev,
    );
    expect(told.message).toEqual(answer.body);
  });

  test('given twice count once, and taken back twice are gone once', async () => {
    const message = await ann.send(chat.id, 'once');
    const before = await rev();
    await react(bob, message, '👍');
    await react(bob, message, '👍');
    expect(await rev()).toBe(before + 1);
    const gone = await bob.call<Message>('DELETE', path(message, '👍'));
    expect([gone.status, gone.body.reactions]).toEqual([200, []]);
    expect((await bob.call<Message>('DELETE', path(message, '👍'))).status).toBe(200);
    expect(await rev()).toBe(before + 2);
  });

  test('come by command too, with the revision in the ack', async () => {
    const message = await ann.send(chat.id, 'live');
    const socket = await bob.connect();
    const fields = { message_id: message.id, emoji: '❤️' };
    const before = await rev();
    expect(await socket.request('reaction_add', fields)).toMatchObject({ rev: before + 1 });
    expect(await socket.request('reaction_remove', fields)).toMatchObject({ rev: before + 2 });
  });

  test('of many users are all counted; the first twenty are named', async () => {
    const message = await ann.send(chat.id, 'popular');
    const answers = await Promise.all(server.crowd.map((user) => react(user, message, '👍')));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const { reactions } = (await react(bob, message, '👍')).body;
    expect(reactions).toHaveLength(1);
    expect(reactions[0]?.count).toBe(26);
    expect(reactions[0]?.user_ids).toHaveLength(20);
  });

  test.each(['👍', '👍🏽', '👩‍👩‍👧‍👦', '🇩🇪', '❤️', '1️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'])('%s is one emoji', async (emoji) => {
    const message = await ann.send(chat.id, 'fine');
    expect((await react(bob, message, emoji)).body.reactions).toMatchObject([{ emoji }]);
  });

  test.each(['a', '1', '👍👍', '👍a', ' ', '<b>', '\u0000', '👍\u0000', 'ok', '🇩', '%FF'])(
    '%j is none',
    async (text) => {
      const message = await ann.send(chat.id, 'bad');
      const socket = await bob.connect();
      expect((await react(bob, message, text)).status).toBe(422);
      const live = await socket.request('reaction_add', { message_id: message.id, emoji: text });
      expect(live).toMatchObject({ type: 'error', code: 'invalid' });
      socket.close();
    },
  );

  test('of more than fifty kinds on one message are refused', async () => {
    const message = await ann.send(chat.id, 'many');
    const faces = Array.from({ length: 51 }, (_, i) => String.fromCodePoint(0x1f600 + i));
    for (const face of faces.slice(0, 50)) await react(bob, message, face);
    expect((await react(ann, message, faces[50] as string)).status).toBe(409);
    expect((await react(ann, message, faces[0] as string)).status).toBe(200);
  });
});
