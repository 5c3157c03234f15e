import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Chat, type CursorPage, Invite, InvitePreview, type MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

const UNKNOWN = 'A'.repeat(24);

describe.each(DIALECTS)('invite links on %s', (dialect) => {
  const clock = new ManualClock(Date.now());
  let server: TestServer;
  let [ann, bob, cid]: TestUser[] = [];
  let owner: TestUser;

  beforeAll(async () => {
    const env = { RATE_LIMITS: 'off', MAX_GROUP_MEMBERS: '60', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ dialect, env, clock, crowd: 52 });
    [ann, bob, cid] = [
      await server.user('ann'),
      await server.user('bob'),
      await server.user('cid'),
    ];
    owner = ann as TestUser;
  });
  afterAll(() => server.stop());

  const make = (chatId: number, body: object = {}) =>
    owner.must<Invite>('POST', `/api/chats/${chatId}/invites`, body);
  const accept = (user: TestUser, code: string) =>
    user.call<Chat & { code?: string }>('POST', `/api/invites/${code}/accept`);
  const preview = (user: TestUser, code: string) =>
    user.call<InvitePreview>('GET', `/api/invites/${code}`);
  const list = (chatId: number) =>
    owner.must<CursorPage<Invite>>('GET', `/api/chats/${chatId}/invites`);
  const usesOf = async (invite: Invite) =>
    (await list(invite.chat_id)).items.find((each) => each.code === invite.code)?.uses;
  const group = (...members: TestUser[]) => owner.group('Hiking', ...members);

  test('are made with their terms, by default none', async () => {
    const chat = await group();
    const made = await owner.call<Invite>('POST', `/api/chats/${chat.id}/invites`);
    expect(made.status).toBe(201);
    expect(Invite.parse(made.body)).toEqual(made.body);
    expect(made.body).toMatchObject({
      chat_id: chat.id,
      created_by: owner.id as never,
      expires_at: null,
      max_uses: null,
      uses: 0,
    });
    expect(Buffer.from(made.body.code, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(made.body.url).toEndWith(made.body.code);
    const termed = await make(chat.id, { expires_in: 60, max_uses: 3 });
    expect(termed.expires_at).toBe(new Date(clock.now() + 60_000).toISOString());
    expect(termed).toMatchObject({ max_uses: 3 });
    expect((await list(chat.id)).items).toEqual([termed, made.body]);
  });

  test('come in pages', async () => {
    const chat = await group();
    const codes = [];
    for (let n = 0; n < 5; n++) codes.unshift((await make(chat.id)).code);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/api/chats/${chat.id}/invites?limit=2${cursor && `&cursor=${cursor}`}`;
      const page: CursorPage<Invite> = await owner.must('GET', path);
      seen.push(...page.items.map((invite) => invite.code));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(codes);
  });

  test.each([
    [{ expires_in: 0 }],
    [{ expires_in: -5 }],
    [{ expires_in: 1.5 }],
    [{ expires_in: 31_536_001 }],
    [{ expires_in: '60' }],
    [{ max_uses: 0 }],
    [{ max_uses: 1.5 }],
    [{ max_uses: 'many' }],
  ])('with %j are none', async (body) => {
    const chat = await group();
    const answer = await owner.call('POST', `/api/chats/${chat.id}/invites`, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });

  test('are the business of admin and owner, and of groups', async () => {
    const [admin, member] = [bob as TestUser, cid as TestUser];
    const chat = await group(admin, member);
    await owner.must('PUT', `/api/chats/${chat.id}/members/${admin.id}`, { role: 'admin' });
    const path = `/api/chats/${chat.id}/invites`;
    const made = await admin.must<Invite>('POST', path);
    for (const [method, where] of [
      ['POST', path],
      ['GET', path],
      ['DELETE', `${path}/${made.code}`],
    ] as const) {
      const answer = await member.call(method, where);
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    const direct = await owner.direct(member);
    const answer = await owner.call('POST', `/api/chats/${direct.id}/invites`);
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('show the group to whoever is signed in, and nothing of what is said there', async () => {
    const chat = await owner.must<Chat>('POST', '/api/chats/group', {
      name: 'Hiking',
      description: 'Saturdays',
      avatar_url: '/hiking.png',
    });
    await owner.send(chat.id, 'a secret');
    const { code } = await make(chat.id);
    const shown = await preview(bob as TestUser, code);
    expect(shown.status).toBe(200);
    expect(InvitePreview.parse(shown.body)).toEqual(shown.body);
    expect(shown.body).toEqual({
      code,
      chat_id: null,
      name: 'Hiking',
      description: 'Saturdays',
      avatar_url: '/hiking.png',
      member_count: 1,
      is_member: false,
      expires_at: null,
    });
    expect((await preview(owner, code)).body).toMatchObject({ is_member: true, chat_id: chat.id });
  });

  test('let one in, with the traces of being added, but for the notification', async () => {
    const chat = await group();
    const invite = await make(chat.id);
    const joiner = bob as TestUser;
    const [theirs, own] = [await owner.connect(), await joiner.connect()];
    const joined = await accept(joiner, invite.code);
    expect(joined.status).toBe(200);
    expect(Chat.parse(joined.body)).toEqual(joined.body);
    expect(joined.body).toMatchObject({ id: chat.id, my_role: 'member', member_count: 2 });
    expect(joined.body.unread_count).toBe(0);
    const added = await theirs.event('member_added', (frame) => frame.chat_id === chat.id);
    expect(added.member).toMatchObject({ user_id: joiner.id as never, role: 'member' });
    const told = await theirs.event('new_message', ({ message }) => message.chat_id === chat.id);
    expect(told.message).toMatchObject({
      content: `${joiner.username} joined by invitation`,
      sender_id: joiner.id as never,
      system_event: { action: 'member_joined', user_id: joiner.id as never, value: null },
    });
    const created = await own.event('chat_created', (frame) => frame.chat.id === chat.id);
    expect(created.chat).toMatchObject({ my_role: 'member', rev: joined.body.rev });
    await owner.send(chat.id, 'welcome');
    await own.event('new_message', ({ message }) => message.content === 'welcome');
    expect(await usesOf(invite)).toBe(1);
  });

  test('are not used up by members', async () => {
    const chat = await group();
    const invite = await make(chat.id, { max_uses: 1 });
    for (let n = 0; n < 3; n++)
      expect((await accept(bob as TestUser, invite.code)).status).toBe(200);
    expect((await accept(owner, invite.code)).status).toBe(200);
    expect(await usesOf(invite)).toBe(1);
    const { items } = await owner.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(items.map((message) => message.system_event?.action)).toEqual(['member_joined']);
  });

  test('that are no good answer alike, whatever the reason', async () => {
    const chat = await group();
    const gone = await owner.group('Gone');
    const [expired, revoked, spent, ofGone] = [
      await make(chat.id, { expires_in: 5 }),
      await make(chat.id),
      await make(chat.id, { max_uses: 1 }),
      await make(gone.id),
    ];
    await owner.must('DELETE', `/api/chats/${chat.id}/invites/${revoked.code}`);
    await accept(cid as TestUser, spent.code);
    await owner.must('DELETE', `/api/chats/${gone.id}`);
    clock.advance(5_000);
    const codes = [
      expired.code,
      revoked.code,
      spent.code,
      ofGone.code,
      UNKNOWN,
      'x',
      '%00',
      '%F0%9F%98%80',
    ];
    for (const ask of [preview, accept]) {
      const answers = await Promise.all(codes.map((code) => ask(bob as TestUser, code)));
      const told = answers.map(({ status, body }) => ({ ...body, status, request_id: '' }));
      expect(told[0] as object).toMatchObject({ status: 404, code: 'not_found' });
      for (const each of told) expect(each).toEqual(told[0] as never);
    }
    const again = await owner.call('DELETE', `/api/chats/${chat.id}/invites/${revoked.code}`);
    expect(again).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('of another group cannot be revoked in one’s own', async () => {
    const [chat, other] = [await group(), await (bob as TestUser).group('Mine')];
    const invite = await make(chat.id);
    const answer = await (bob as TestUser).call(
      'DELETE',
      `/api/chats/${other.id}/invites/${invite.code}`,
    );
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await preview(cid as TestUser, invite.code)).status).toBe(200);
  });

  test('let a removed member in again while they are good', async () => {
    const chat = await group(bob as TestUser);
    const invite = await make(chat.id);
    await owner.must('DELETE', `/api/chats/${chat.id}/members/${bob?.id}`);
    expect((await accept(bob as TestUser, invite.code)).body).toMatchObject({ my_role: 'member' });
    await owner.must('DELETE', `/api/chats/${chat.id}/members/${bob?.id}`);
    await owner.must('DELETE', `/api/chats/${chat.id}/invites/${invite.code}`);
    expect((await accept(bob as TestUser, invite.code)).status).toBe(404);
  });

  test('admit exactly as many as they allow, however many come at once', async () => {
    const chat = await group();
    const invite = await make(chat.id, { max_uses: 7 });
    const crowd = server.crowd.slice(0, 50);
    const answers = await Promise.all(crowd.map((user) => accept(user, invite.code)));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(7).fill(200), ...Array(43).fill(404)]);
    expect(await usesOf(invite)).toBe(7);
    expect(await owner.must('GET', `/api/chats/${chat.id}`)).toMatchObject({ member_count: 8 });
    const { items } = await owner.must<MessagePage>('GET', `/api/messages/${chat.id}`);
    expect(items.map((message) => message.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('one user who comes many times at once uses one up', async () => {
    const chat = await group();
    const invite = await make(chat.id, { max_uses: 5 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => accept(bob as TestUser, invite.code)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    expect(await usesOf(invite)).toBe(1);
  });

  test('to a full group are refused and not used up', async () => {
    const chat = await owner.must<Chat>('POST', '/api/chats/group', {
      name: 'Full',
      member_ids: server.crowd.slice(0, 52).map((user) => user.id),
    });
    const invite = await make(chat.id);
    for (const user of [
      bob,
      cid,
      ...(await Promise.all(['dan', 'eve', 'fay', 'gus', 'hal'].map((n) => server.user(n)))),
    ]) {
      expect((await accept(user as TestUser, invite.code)).status).toBe(200);
    }
    const late = await server.user('late');
    const answer = await accept(late, invite.code);
    expect(answer).toMatchObject({ status: 409, body: { code: 'group_full' } });
    expect(await usesOf(invite)).toBe(7);
  });

  test('are 100 in a group at most; spent ones do not count', async () => {
    const chat = await group();
    await make(chat.id, { expires_in: 1 });
    clock.advance(1_000);
    for (let n = 0; n < 100; n++) await make(chat.id);
    const more = await owner.call('POST', `/api/chats/${chat.id}/invites`);
    expect(more).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});

test('whoever tries many codes has to wait', async () => {
  const server = await TestServer.start();
  const guesser = await server.user('guesser');
  let answer = await guesser.call('GET', `/api/invites/${UNKNOWN}`);
  for (let n = 0; n < 40 && answer.status === 404; n++) {
    const method = n % 2 ? 'GET' : 'POST';
    answer = await guesser.call(method, `/api/invites/${UNKNOWN}${n % 2 ? '' : '/accept'}`);
  }
  expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  await server.stop();
});
