import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('how many a user blocks, on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, maxBlocks: 2 });
  });
  afterAll(() => server.stop());

  const path = (of: TestUser) => `/api/users/${of.id}/block`;
  const some = (names: string[]) => Promise.all(names.map((name) => server.user(name)));

  test('is limited; to block another one, somebody is unblocked first', async () => {
    const [ann, bob, cid, dan] = (await some(['ann', 'bob', 'cid', 'dan'])) as [
      TestUser,
      TestUser,
      TestUser,
      TestUser,
    ];
    const block = async (of: TestUser) => (await ann.call('PUT', path(of))).status;
    expect([await block(bob), await block(cid), await block(bob)]).toEqual([204, 204, 204]);
    expect(await ann.call('PUT', path(dan))).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining('2 users') },
    });
    expect((await ann.direct(dan)).id).toBeGreaterThan(0);
    await ann.send((await ann.direct(dan)).id, 'not blocked');
    await ann.must('DELETE', path(bob));
    expect(await block(dan)).toBe(204);
    expect((await bob.call('PUT', path(ann))).status).toBe(204);
  });

  test('is never more, however many are blocked at once', async () => {
    const ann = await server.user('ann');
    const others = await some(['bob', 'cid', 'dan', 'eve', 'fay']);
    const answers = await Promise.all(others.map((other) => ann.call('PUT', path(other))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 204, 409, 409, 409]);
    const { items } = await ann.must<{ items: unknown[] }>('GET', '/api/users/blocked');
    expect(items).toHaveLength(2);
  });
});
