import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Role } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

type Cast = Record<Role | 'admin2' | 'member2' | 'guest', TestUser>;
type Request = [method: string, path: string, body?: unknown];

/** What somebody does to a group, and with which status each role is answered. */
interface Rule {
  what: string;
  request(chat: string, cast: Cast): Request;
  owner: number;
  admin: number;
  member: number;
}

const member = (chat: string, user: TestUser) => `${chat}/members/${user.id}`;

const RULES: Rule[] = [
  {
    what: 'renames the group',
    request: (chat) => ['PUT', chat, { name: 'Renamed' }],
    owner: 200,
    admin: 200,
    member: 403,
  },
  {
    what: 'adds a member',
    request: (chat, { guest }) => ['POST', `${chat}/members`, { user_id: guest.id }],
    owner: 201,
    admin: 201,
    member: 403,
  },
  {
    what: 'adds an admin',
    request: (chat, { guest }) => ['POST', `${chat}/members`, { user_id: guest.id, role: 'admin' }],
    owner: 201,
    admin: 403,
    member: 403,
  },
  {
    what: 'adds an owner',
    request: (chat, { guest }) => ['POST', `${chat}/members`, { user_id: guest.id, role: 'owner' }],
    owner: 422,
    admin: 422,
    member: 422,
  },
  {
    what: 'removes a member',
    request: (chat, { member2 }) => ['DELETE', member(chat, member2)],
    owner: 204,
    admin: 204,
    member: 403,
  },
  {
    what: 'removes an admin',
    request: (chat, { admin2 }) => ['DELETE', member(chat, admin2)],
    owner: 204,
    admin: 403,
    member: 403,
  },
  {
    what: 'removes the owner',
    request: (chat, { owner }) => ['DELETE', member(chat, owner)],
    owner: 204,
    admin: 403,
    member: 403,
  },
  {
    what: 'makes a member an admin',
    request: (chat, { member2 }) => ['PUT', member(chat, member2), { role: 'admin' }],
    owner: 200,
    admin: 403,
    member: 403,
  },
  {
    what: 'makes an admin a member',
    request: (chat, { admin2 }) => ['PUT', member(chat, admin2), { role: 'member' }],
    owner: 200,
    admin: 403,
    member: 403,
  },
  {
    what: 'makes a member the owner',
    request: (chat, { member2 }) => ['PUT', member(chat, member2), { role: 'owner' }],
    owner: 200,
    admin: 403,
    member: 403,
  },
  {
    what: 'makes the owner a member',
    request: (chat, { owner }) => ['PUT', member(chat, owner), { role: 'member' }],
    owner: 403,
    admin: 403,
    member: 403,
  },
  {
    what: 'gives a member a nickname',
    request: (chat, { member2 }) => ['PUT', member(chat, member2), { nickname: 'Nick' }],
    owner: 200,
    admin: 200,
    member: 403,
  },
  {
    what: 'gives the owner a nickname',
    request: (chat, { owner }) => ['PUT', member(chat, owner), { nickname: 'Boss' }],
    owner: 200,
    admin: 403,
    member: 403,
  },
  {
    what: 'deletes the group',
    request: (chat) => ['DELETE', chat],
    owner: 204,
    admin: 403,
    member: 403,
  },
];

describe.each(DIALECTS)('roles on %s', (dialect) => {
  let server: TestServer;
  let cast: Cast;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, crowd: 6 });
    const [owner, admin, admin2, member, member2, guest] = server.crowd as [
      TestUser,
      TestUser,
      TestUser,
      TestUser,
      TestUser,
      TestUser,
    ];
    cast = { owner, admin, admin2, member, member2, guest };
  });
  afterAll(() => server.stop());

  async function group(): Promise<string> {
    const { owner, admin, admin2, member: plain, member2 } = cast;
    const { id } = await owner.group('Roles', admin, admin2, plain, member2);
    const chat = `/api/chats/${id}`;
    await owner.must('PUT', member(chat, admin), { role: 'admin' });
    await owner.must('PUT', member(chat, admin2), { role: 'admin' });
    return chat;
  }

  const cases = RULES.flatMap((rule) =>
    (['owner', 'admin', 'member'] as const).map(
      (role) => [role, rule.what, rule[role], rule] as const,
    ),
  );

  test.each(cases)('%s %s: %d', async (role, _, expected, rule) => {
    const chat = await group();
    const before = await cast.owner.must<{ rev: number }>('GET', chat);
    const [method, path, body] = rule.request(chat, cast);
    const answer = await cast[role].call<{ code?: string }>(method, path, body);
    expect(answer.status).toBe(expected);
    if (expected !== 403) return;
    expect(answer.body.code).toBe('forbidden');
    expect((await cast.owner.must<{ rev: number }>('GET', chat)).rev).toBe(before.rev);
  });

  test('everybody may leave, change their own nickname and mute the group', async () => {
    for (const role of ['member', 'admin', 'owner'] as const) {
      const chat = await group();
      const user = cast[role];
      expect((await user.call('PUT', member(chat, user), { nickname: 'Me' })).status).toBe(200);
      const settings = { is_muted: true, nickname: 'Myself' };
      expect((await user.call('PUT', `${chat}/settings`, settings)).status).toBe(200);
      expect((await user.call('DELETE', member(chat, user))).status).toBe(204);
    }
  });
});
