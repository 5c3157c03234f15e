import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { type Chat, type CursorPage, type Message, type User, UserPage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('blocks on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    // Who makes requests is seen by the minute: on the system's clock in the middle of a test.
    const clock = new ManualClock();
    server = await TestServer.start({ dialect, clock, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  async function pair(): Promise<[TestUser, TestUser, Chat]> {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    return [ann, bob, await ann.direct(bob)];
  }
  const path = (other: TestUser | number) =>
    `/api/users/${typeof other === 'number' ? other : other.id}/block`;
  const block = (by: TestUser, other: TestUser) => by.must('PUT', path(other));
  const unblock = (by: TestUser, other: TestUser) => by.must('DELETE', path(other));
  const blocked = async (by: TestUser, query = '') =>
    by.must<CursorPage<User>>('GET', `/api/users/blocked${query}`);
  const send = (by: TestUser, chat: Chat, more: object = {}) =>
    by.call('POST', `/api/messages/${chat.id}`, { content: 'hello', ...more });
  const codes = (answers: { status: number; body: Record<string, unknown> }[]) =>
    answers.map(({ status, body }) => [status, body.code]);
  const REFUSED = [403, 'blocked'];

  test('are set and lifted, as often as one likes', async () => {
    const [ann, bob] = await pair();
    for (let i = 0; i < 2; i++) {
      expect((await ann.call('PUT', path(bob))).status).toBe(204);
      expect((await blocked(ann)).items.map((user) => user.id as number)).toEqual([bob.id]);
    }
    for (let i = 0; i < 2; i++) {
      expect((await ann.call('DELETE', path(bob))).status).toBe(204);
      expect((await blocked(ann)).items).toEqual([]);
    }
  });

  test('of oneself are refused, of nobody too', async () => {
    const [ann] = await pair();
    expect((await ann.call('PUT', path(ann))).body).toMatchObject({ status: 422, code: 'invalid' });
    expect((await ann.call('PUT', path(7e8))).body).toMatchObject({ status: 404 });
    expect((await ann.call('DELETE', path(7e8))).status).toBe(204);
    for (const id of ['0', 'x', '-1', '1.5', '9007199254740993']) {
      expect((await ann.call('PUT', `/api/users/${id}/block`)).status).toBe(422);
    }
    for (const [method, where] of [
      ['PUT', path(1)],
      ['DELETE', path(1)],
      ['GET', '/api/users/blocked'],
    ] as const) {
      expect((await fetch(server.url + where, { method })).status).toBe(401);
    }
  });

  test('are listed to who set them alone, the last one first, page by page', async () => {
    const ann = await server.user('ann');
    const others = await Promise.all(Array.from({ length: 7 }, () => server.user('other')));
    for (const other of others) await block(ann, other);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=3${cursor ? `&cursor=${cursor}` : ''}`;
      const page: CursorPage<User> = await blocked(ann, query);
      expect(UserPage.parse(page)).toEqual(page);
      seen.push(...page.items.map((user) => user.id as number));
      cursor = page.next_cursor;
    } while (cursor);
    const newestFirst = others.map((other) => other.id).reverse();
    expect(seen.toSorted()).toEqual(newestFirst.toSorted());
    expect(new Set(seen).size).toBe(7);
    expect((await blocked(others[0] as TestUser)).items).toEqual([]);
    for (const query of ['?limit=0', '?limit=101', '?cursor=bogus']) {
      expect((await ann.call('GET', `/api/users/blocked${query}`)).status).toBe(422);
    }
  });

  test('let neither of the two send in their direct chat, over REST and WebSocket', async () => {
    const [ann, bob, chat] = await pair();
    await send(ann, chat);
    await block(ann, bob);
    const sockets = [await ann.connect(), await bob.connect()];
    expect(codes([await send(ann, chat), await send(bob, chat)])).toEqual([REFUSED, REFUSED]);
    for (const socket of sockets) {
      const fields = { chat_id: chat.id, content: 'hello' };
      const answer = await socket.request('send_message', fields);
      expect(answer).toMatchObject({ type: 'error', code: 'blocked', temporary: false } as never);
    }
    await unblock(ann, bob);
    expect(codes([await send(ann, chat), await send(bob, chat)])).toEqual([
      [201, undefined],
      [201, undefined],
    ]);
    const { items } = await bob.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`);
    expect(items.map((message) => message.seq)).toEqual([1, 2, 3]);
  });

  test('let neither of the two change or react, but read, take back and delete', async () => {
    const [ann, bob, chat] = await pair();
    const [first, second] = [await ann.send(chat.id, 'one'), await bob.send(chat.id, 'two')];
    const reaction = (id: number) => `/api/messages/${id}/reactions/${encodeURIComponent('👍')}`;
    await bob.must('PUT', reaction(first.id));
    await block(ann, bob);
    const edit = (user: TestUser, { id }: Message, content: string) =>
      user.call('PUT', `/api/messages/${id}`, { content });
    expect(
      codes([
        await edit(ann, first, 'changed'),
        await edit(bob, second, 'changed'),
        await ann.call('PUT', reaction(second.id)),
        await bob.call('PUT', reaction(second.id)),
      ]),
    ).toEqual([REFUSED, REFUSED, REFUSED, REFUSED]);
    const socket = await bob.connect();
    const edited = { message_id: second.id, content: 'changed' };
    expect(await socket.request('edit_message', edited)).toMatchObject({
      code: 'blocked',
    } as never);
    expect((await edit(bob, second, 'two')).status).toBe(200);
    await bob.must('POST', `/api/messages/${first.id}/read`);
    await bob.must('DELETE', reaction(first.id));
    await ann.must('DELETE', `/api/messages/${first.id}`);
    for (const user of [ann, bob]) {
      const { items } = await user.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`);
      expect(items.map((m) => [m.content, m.is_deleted])).toEqual([
        ['', true],
        ['two', false],
      ]);
    }
  });

  test('answer a repeated message as the first time', async () => {
    const [ann, bob, chat] = await pair();
    const client_message_id = randomUUID();
    const first = await send(bob, chat, { client_message_id });
    await block(ann, bob);
    const again = await send(bob, chat, { client_message_id });
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect(codes([await send(bob, chat, { client_message_id: randomUUID() })])).toEqual([REFUSED]);
  });

  test('hold as long as one of the two blocks', async () => {
    const [ann, bob, chat] = await pair();
    await block(ann, bob);
    await block(bob, ann);
    await unblock(ann, bob);
    expect(codes([await send(ann, chat), await send(bob, chat)])).toEqual([REFUSED, REFUSED]);
    expect(await server.services.blocks.between(ann.id, bob.id)).toBe(true);
    await unblock(bob, ann);
    expect((await send(ann, chat)).status).toBe(201);
    expect(await server.services.blocks.between(bob.id, ann.id)).toBe(false);
  });

  test('do not hinder a chat’s making, nor show in it; sending there is refused', async () => {
    for (const first of ['blocker', 'blocked'] as const) {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')];
      await block(ann, bob);
      const [one, other] = first === 'blocker' ? [ann, bob] : [bob, ann];
      const made = await one.call('POST', '/api/chats/direct', { user_id: other.id });
      expect(made.status).toBe(201);
      const chat = made.body as unknown as Chat;
      expect((await other.direct(one)).id).toBe(chat.id);
      expect(codes([await send(one, chat), await send(other, chat)])).toEqual([REFUSED, REFUSED]);
      await unblock(ann, bob);
      expect((await send(other, chat)).status).toBe(201);
    }
  });

  test('keep each of the two from putting the other one into a group', async () => {
    const [ann, bob] = await pair();
    const cid = await server.user('cid');
    await block(ann, bob);
    for (const [by, other] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      const group = { name: 'Both', member_ids: [cid.id, other.id] };
      const chat = await by.group('Own', cid);
      const add = () => by.call('POST', `/api/chats/${chat.id}/members`, { user_id: other.id });
      const made = await by.call('POST', '/api/chats/group', group);
      expect([made, await add()]).toMatchObject(
        Array(2).fill({
          status: 403,
          body: { code: 'forbidden', detail: `You cannot put the user ${other.id} into a group.` },
        }),
      );
      await unblock(ann, bob);
      expect((await add()).status).toBe(201);
      await block(ann, bob);
    }
    expect((await bob.must<CursorPage<Chat>>('GET', '/api/chats')).items).toHaveLength(3);
  });

  test('let each of the two join by an invite link', async () => {
    const [ann, bob] = await pair();
    const chat = await bob.group('Open');
    await block(ann, bob);
    const { code } = await bob.must<{ code: string }>('POST', `/api/chats/${chat.id}/invites`, {});
    expect((await ann.call('POST', `/api/invites/${code}/accept`)).status).toBeLessThan(300);
  });

  test('that were answered keep everybody out of groups after', async () => {
    const [ann, bob] = await pair();
    const chats = await Promise.all(Array.from({ length: 8 }, () => bob.group('Own')));
    const add = (chat: Chat) =>
      bob.call('POST', `/api/chats/${chat.id}/members`, { user_id: ann.id });
    const [during] = [chats.map(add), await block(ann, bob)];
    await Promise.all(during);
    const before = (await ann.must<CursorPage<Chat>>('GET', '/api/chats')).items.length;
    const codesAfter = codes(await Promise.all(chats.map(add)));
    expect(codesAfter.filter(([status]) => status === 201)).toEqual([]);
    const { items } = await ann.must<CursorPage<Chat>>('GET', '/api/chats');
    expect(items).toHaveLength(before);
  });

  test('leave groups as they are', async () => {
    const [ann, bob] = await pair();
    const chat = await bob.group('Both', ann);
    await block(ann, bob);
    const message = await bob.send(chat.id, 'hello');
    await ann.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    expect((await send(ann, chat)).status).toBe(201);
  });

  test('are not told to the blocked one: what they are answered is the same', async () => {
    const [ann, bob, chat] = await pair();
    const { id } = await bob.send(chat.id, 'hello');
    // What was delivered but not read is `sent` again: see delivered-status.e2e.test.ts.
    await ann.must('POST', `/api/messages/${id}/read`);
    const socket = await bob.connect();
    const views = async () => [
      await bob.must<User>('GET', `/api/users/${ann.id}`),
      await bob.must<Chat>('GET', `/api/chats/${chat.id}`),
      await bob.must('GET', '/api/chats'),
      await bob.must('GET', `/api/messages/${chat.id}`),
      await bob.must('POST', '/api/sync', { chats: {} }),
      await bob.must('GET', '/api/users/blocked'),
      await bob.must('GET', '/api/auth/me/privacy'),
    ];
    const before = await views();
    await block(ann, bob);
    expect(await views()).toEqual(before);
    await socket.settled();
    expect(JSON.stringify(socket.frames)).not.toContain('block');
    expect(JSON.stringify(before)).not.toContain('blocked');
  });

  test('survive a restart', async () => {
    const [ann, bob, chat] = await pair();
    await block(ann, bob);
    await server.restart();
    expect(codes([await send(bob, chat)])).toEqual([REFUSED]);
    expect((await blocked(ann)).items.map((user) => user.id as number)).toEqual([bob.id]);
    expect(await server.services.blocks.between(bob.id, ann.id)).toBe(true);
  });

  test('set and lifted by both at once, agree with the list in the end', async () => {
    const [ann, bob, chat] = await pair();
    for (let round = 0; round < 8; round++) {
      await Promise.all([
        block(ann, bob),
        block(bob, ann),
        unblock(ann, bob),
        send(ann, chat),
        unblock(bob, ann),
        send(bob, chat),
        ...(round % 2 ? [block(ann, bob)] : []),
      ]);
      const lists = [await blocked(ann), await blocked(bob)];
      const isApart = lists.some((list) => list.items.length > 0);
      expect(await server.services.blocks.between(ann.id, bob.id)).toBe(isApart);
      expect((await send(ann, chat)).status).toBe(isApart ? 403 : 201);
    }
  });

  test('set while the chat is made hold in it', async () => {
    for (let round = 0; round < 5; round++) {
      const [ann, bob] = [await server.user('ann'), await server.user('bob')];
      const [chat] = await Promise.all([bob.direct(ann), block(ann, bob), ann.direct(bob)]);
      expect(codes([await send(bob, chat), await send(ann, chat)])).toEqual([REFUSED, REFUSED]);
    }
  });

  test('that were answered hold for whatever is sent after', async () => {
    const [ann, bob, chat] = await pair();
    const flood = Array.from({ length: 40 }, () => send(bob, chat));
    await block(ann, bob);
    const { last_seq } = await ann.must<Chat>('GET', `/api/chats/${chat.id}`);
    const late = await Promise.all(Array.from({ length: 10 }, () => send(bob, chat)));
    expect(codes(late)).toEqual(Array(10).fill(REFUSED));
    await Promise.all(flood);
    const after = await ann.must<Chat>('GET', `/api/chats/${chat.id}`);
    expect(after.last_seq).toBe(last_seq);
  });

  test('of a deactivated user are like others', async () => {
    const [ann, bob] = await pair();
    await server.change(`update users set is_active = 0 where id = ${bob.id}`);
    expect((await ann.call('PUT', path(bob))).status).toBe(204);
    expect((await blocked(ann)).items).toMatchObject([{ id: bob.id, is_active: false }] as never);
    expect((await ann.call('DELETE', path(bob))).status).toBe(204);
  });
});
