import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { DIALECTS } from '../testing/databases';
import { ManualClock } from '../testing/manual-clock';
import { TestServer } from '../testing/server';
import type { TestSocket } from '../testing/socket';
import type { TestUser } from '../testing/user';

describe.each(DIALECTS)('heartbeats on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock });
  });
  afterAll(() => server.stop());

  const sumOf = async (user: TestUser) =>
    (await user.must<{ items: Chat[] }>('GET', '/api/chats')).items.reduce(
      (sum, chat) => sum + chat.rev,
      0,
    );
  async function beat(socket: TestSocket) {
    const before = socket.all('heartbeat').length;
    clock.advance(25_000);
    await socket.until(() => socket.all('heartbeat').length > before, 'a heartbeat');
    return socket.all('heartbeat').at(-1)?.rev_sum;
  }

  test('come every 25 seconds', async () => {
    const socket = await (await server.user('ann')).connect();
    for (let i = 0; i < 4; i++) clock.advance(25_000);
    await socket.settled();
    const times = socket.all('heartbeat').map((frame) => Date.parse(frame.at));
    expect(times).toHaveLength(4);
    for (const [i, at] of times.entries()) {
      if (i > 0) expect(at - (times[i - 1] as number)).toBe(25_000);
    }
  });

  test('tell the sum of the revisions of all one’s chats, whatever happened to them', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const [direct, group] = [await ann.direct(bob), await ann.group('Group', bob)];
    const [a, b] = [await ann.connect(), await bob.connect()];
    const agree = async () => {
      expect(await beat(a)).toBe(await sumOf(ann));
      expect(await beat(b)).toBe(await sumOf(bob));
    };
    await agree();
    const message = await bob.send(direct.id, 'one');
    await ann.send(group.id, 'two');
    await ann.must('PUT', `/api/messages/${message.id}/reactions/👍`);
    await agree();
    await ann.must('PUT', `/api/chats/${group.id}`, { name: 'Renamed', description: 'Both' });
    await bob.must('PUT', `/api/chats/${group.id}/settings`, { nickname: 'Bobby', is_muted: true });
    await agree();
    const other = await ann.group('Another', bob);
    await ann.send(other.id, 'three');
    await agree();
    await ann.must('DELETE', `/api/chats/${group.id}/members/${bob.id}`);
    await ann.send(group.id, 'without bob');
    await agree();
    await ann.must('POST', `/api/chats/${group.id}/members`, { user_id: bob.id });
    await ann.must('DELETE', `/api/chats/${other.id}`);
    await agree();
  });
});
