import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Chat, type ChatDetails } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)('direct chats on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const pair = async () => [await server.user('ann'), await server.user('bob')] as const;

  test('are made once per pair, whoever asks: 201, then 200', async () => {
    const [ann, bob] = await pair();
    const made = await ann.call<Chat>('POST', '/api/chats/direct', { user_id: bob.id });
    expect(made.status).toBe(201);
    expect(Chat.parse(made.body)).toEqual(made.body);
    expect(made.body).toMatchObject({
      name: null,
      chat_type: 'direct',
      is_encrypted: false,
      member_count: 2,
      last_seq: 0,
      last_message: null,
      my_role: 'member',
      unread_count: 0,
      peer: { id: bob.id, username: bob.username },
    });
    const again = await bob.call<Chat>('POST', '/api/chats/direct', { user_id: ann.id });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: made.body.id, peer: { id: ann.id } });
  });

  test('are one, however many ask at once from both sides', async () => {
    const [ann, bob] = await pair();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2
          ? ann.call<Chat>('POST', '/api/chats/direct', { user_id: bob.id })
          : bob.call<Chat>('POST', '/api/chats/direct', { user_id: ann.id }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(19).fill(200), 201]);
    const list = await ann.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(list.items).toHaveLength(1);
  });

  test('with oneself hold notes', async () => {
    const [ann] = await pair();
    const made = await ann.call<Chat>('POST', '/api/chats/direct', { user_id: ann.id });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ member_count: 1, peer: { id: ann.id } });
    const again = await ann.call<Chat>('POST', '/api/chats/direct', { user_id: ann.id });
    expect([again.status, again.body.id]).toEqual([200, made.body.id]);
    const note = await ann.send(made.body.id, 'buy milk');
    expect(note.status).toBe('read');
    const details = await ann.must<ChatDetails>('GET', `/api/chats/${made.body.id}`);
    expect(details.members.map((member) => member.user_id)).toEqual([ann.id as never]);
  });

  test('reach both sides as chat_created, as each of them sees it', async () => {
    const [ann, bob] = await pair();
    const [a, b] = [await ann.connect(), await bob.connect()];
    const chat = await ann.direct(bob);
    expect((await a.event('chat_created')).chat).toEqual(chat);
    expect((await b.event('chat_created')).chat).toMatchObject({
      id: chat.id,
      peer: { id: ann.id },
    });
    await bob.direct(ann);
    await b.settled();
    expect(b.all('chat_created')).toHaveLength(1);
  });

  test.each([
    [{ user_id: 999_999 }, 404, 'not_found'],
    [{ user_id: '1' }, 422, 'invalid'],
    [{ user_id: 0 }, 422, 'invalid'],
    [{}, 422, 'invalid'],
    [{ user_id: 1, is_encrypted: 'yes' }, 422, 'invalid'],
  ] as const)('%j is refused', async (body, status, code) => {
    const [ann] = await pair();
    const answer = await ann.call('POST', '/api/chats/direct', body);
    expect(answer.body).toMatchObject({ status, code });
  });

  test('have no name, no members to add or remove, no roles, and cannot be deleted', async () => {
    const [ann, bob] = await pair();
    const cid = await server.user('cid');
    const { id } = await ann.direct(bob);
    const calls = [
      ['PUT', `/api/chats/${id}`, { name: 'Us' }],
      ['DELETE', `/api/chats/${id}`, undefined],
      ['POST', `/api/chats/${id}/members`, { user_id: cid.id }],
      ['PUT', `/api/chats/${id}/members/${bob.id}`, { role: 'admin' }],
      ['DELETE', `/api/chats/${id}/members/${bob.id}`, undefined],
      ['DELETE', `/api/chats/${id}/members/${ann.id}`, undefined],
    ] as const;
    for (const [method, path, body] of calls) {
      const answer = await ann.call(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    expect((await ann.must<ChatDetails>('GET', `/api/chats/${id}`)).members).toHaveLength(2);
  });
});
