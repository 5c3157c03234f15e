import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ChatMember } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)("one's own settings in a chat on %s", (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  test('are kept per member, a field at a time', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.direct(bob);
    const path = `/api/chats/${chat.id}/settings`;
    const set = await ann.must<ChatMember>('PUT', path, { is_muted: true, nickname: 'Annie' });
    expect(ChatMember.parse(set)).toEqual(set);
    expect(set).toMatchObject({ user_id: ann.id, is_muted: true, nickname: 'Annie' });
    await ann.must('PUT', path, { nickname: null });
    const mine = { is_muted: true, nickname: null };
    expect(await ann.must('GET', `/api/chats/${chat.id}`)).toMatchObject(mine);
    expect(await bob.must('GET', `/api/chats/${chat.id}`)).toMatchObject({ is_muted: false });
  });

  test('count as one change each, and none when nothing changes', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const socket = await bob.connect();
    const path = `/api/chats/${chat.id}/settings`;
    const rev = async () => (await bob.must<{ rev: number }>('GET', `/api/chats/${chat.id}`)).rev;
    await ann.must('PUT', path, { is_muted: true, nickname: 'A' });
    expect(await rev()).toBe(2);
    await ann.must('PUT', path, { is_muted: true, nickname: 'A' });
    await ann.must('PUT', path, {});
    expect(await rev()).toBe(2);
    const told = await socket.event('member_updated');
    expect(told).toMatchObject({ chat_id: chat.id, rev: 2, member: { nickname: 'A' } });
  });

  test('tell the same of a member as a question for the members does', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const chat = await ann.group('Settings', bob);
    const message = await ann.send(chat.id, 'read me');
    await bob.must('POST', `/api/messages/${message.id}/read`);
    const socket = await bob.connect();
    const path = `/api/chats/${chat.id}/members/${bob.id}`;
    const answer = await ann.must<ChatMember>('PUT', path, { nickname: 'Bobby' });
    const told = (await socket.event('member_updated')).member;
    expect(answer.last_read_message_id).toBe(message.id);
    expect(told).toMatchObject({
      nickname: 'Bobby',
      last_read_message_id: message.id,
      last_delivered_message_id: message.id,
    });
  });

  test.each([{ is_muted: 'yes' }, { nickname: 'x'.repeat(65) }, { nickname: 5 }])(
    '%j is refused',
    async (body) => {
      const ann = await server.user('ann');
      const chat = await ann.direct(ann);
      expect((await ann.call('PUT', `/api/chats/${chat.id}/settings`, body)).status).toBe(422);
    },
  );
});
