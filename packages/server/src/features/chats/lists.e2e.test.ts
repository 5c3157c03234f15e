import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  type Chat,
  type ChatDetails,
  type ChatMember,
  ChatMemberPage,
  ChatPage,
  type CursorPage,
} from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('lists on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, crowd: 130 });
  });
  afterAll(() => server.stop());

  async function pages<T>(user: TestUser, path: string, limit: number): Promise<T[][]> {
    const all: T[][] = [];
    let cursor: string | null = null;
    do {
      const more = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: CursorPage<T> = await user.must('GET', `${path}?limit=${limit}${more}`);
      all.push(page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return all;
  }

  test("the caller's chats come by last activity, each once", async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const made: Chat[] = [];
    for (let i = 0; i < 7; i++) {
      // Several in one millisecond: the cursor has to tell them apart.
      if (i % 3 === 0) clock.advance(1);
      made.push(await ann.group(`Group ${i}`, bob));
    }
    clock.advance(1000);
    await bob.send(made[2]?.id ?? 0, 'up again');
    const expected = [2, 6, 5, 4, 3, 1, 0].map((i) => `Group ${i}`);
    for (const limit of [1, 3, 7, 100]) {
      const all = await pages<Chat>(ann, '/api/chats', limit);
      expect(all.flat().map((chat) => chat.name as string)).toEqual(expected);
      expect(all.every((page) => page.length <= limit)).toBe(true);
      expect(all).toHaveLength(Math.ceil(7 / limit));
    }
    const page = await ann.must<CursorPage<Chat>>('GET', '/api/chats');
    expect(ChatPage.parse(page)).toEqual(page);
    expect(page.items[0]).toMatchObject({ last_message: { content: 'up again' }, unread_count: 1 });
  });

  test('a chat in a list and the chat by itself are the same', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const [chat] = [await ann.direct(bob), await ann.group('Other')];
    await bob.send(chat.id, 'hello');
    const list = await ann.must<CursorPage<Chat>>('GET', '/api/chats');
    for (const listed of list.items) {
      const { members: _, ...alone } = await ann.must<ChatDetails>(
        'GET',
        `/api/chats/${listed.id}`,
      );
      expect(alone).toEqual(listed as never);
    }
  });

  test('the details hold the first hundred members; the rest come in pages', async () => {
    const [owner, ...others] = server.crowd as [TestUser, ...TestUser[]];
    const chat = await owner.group('Everybody', ...others);
    const details = await owner.must<ChatDetails>('GET', `/api/chats/${chat.id}`);
    expect(details.member_count).toBe(130);
    expect(details.members).toHaveLength(100);
    const all = await pages<ChatMember>(owner, `/api/chats/${chat.id}/members`, 100);
    expect(all.map((page) => page.length)).toEqual([100, 30]);
    expect(all[0]).toEqual(details.members);
    expect(all.flat().map((member) => member.user_id as number)).toEqual(
      server.crowd.map((user) => user.id),
    );
    const page = await owner.must('GET', `/api/chats/${chat.id}/members`);
    expect(ChatMemberPage.parse(page)).toEqual(page as never);
  });

  test.each(['limit=0', 'limit=101', 'limit=abc', 'limit=1.5', 'limit=', 'cursor=', 'cursor=zzz'])(
    '?%s is refused',
    async (query) => {
      const ann = await server.user('ann');
      const chat = await ann.group('Small');
      for (const path of ['/api/chats', `/api/chats/${chat.id}/members`, '/api/auth/sessions']) {
        const answer = await ann.call('GET', `${path}?${query}`);
        expect(answer.body).toMatchObject({ status: 422, code: 'invalid' });
      }
    },
  );

  test("another list's cursor is refused", async () => {
    const [ann] = server.crowd as [TestUser];
    const chat = (await ann.must<CursorPage<Chat>>('GET', '/api/chats?limit=1')).items[0];
    const { next_cursor } = await ann.must<CursorPage<ChatMember>>(
      'GET',
      `/api/chats/${chat?.id}/members?limit=1`,
    );
    expect((await ann.call('GET', `/api/chats?cursor=${next_cursor}`)).status).toBe(422);
  });
});
