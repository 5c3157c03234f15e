import { afterEach, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { PushWorld, registerPhone } from '../../testing/push/push-world';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';
import { unzip } from '../../testing/zip';

const TOKEN = `token:${'A'.repeat(140)}`;
const MINUTE_MS = 60_000;

describe.each(DIALECTS)('why nothing was pushed, on %s', (dialect) => {
  let world: PushWorld;
  const started = async () => {
    world = await PushWorld.start(dialect, {}, {}, false);
    const pat = await world.phone(TOKEN);
    return { pat, sam: await world.server.user('sam') };
  };
  afterEach(() => world.stop());

  const reasons = async ({ username }: TestUser): Promise<string[]> => {
    const { desk } = world.server.services.administration;
    const answer = (await desk.run('whyNoPush', { username })) as { reasons: string[] };
    return answer.reasons.map((line) => line.replace(/^\S+ {2}/, ''));
  };
  const settings = (user: TestUser, chatId: number, changes: Record<string, unknown>) =>
    user.must('PUT', `/api/chats/${chatId}/settings`, changes);

  test('nobody said anything', async () => {
    const { pat } = await started();
    expect(await reasons(pat)).toEqual(['Nothing was said to them yet, as far as this log knows.']);
  });

  test('the chat is muted, heard for mentions only, or not at all', async () => {
    const { pat, sam } = await started();
    const { id } = await sam.direct(pat);
    await settings(pat, id, { is_muted: true });
    await sam.send(id, 'one');
    expect(await reasons(pat)).toEqual([`not sent: they muted chat ${id}`]);
    await settings(pat, id, { is_muted: false, notification_level: 'mentions' });
    await sam.send(id, 'two');
    const mentions = `not sent: of chat ${id} they want to hear of mentions only`;
    expect((await reasons(pat))[0]).toBe(mentions);
    await settings(pat, id, { notification_level: 'none' });
    await sam.send(id, 'three');
    const off = `not sent: they turned off the notifications of chat ${id}`;
    expect((await reasons(pat))[0]).toBe(off);
    expect(world.google.messages).toEqual([]);
  });

  test('it was their night', async () => {
    const { pat, sam } = await started();
    const hours = { quiet_from: '00:00', quiet_to: '23:59', time_zone: 'UTC' };
    await pat.must('PUT', '/api/notifications/settings', hours);
    const { id } = await sam.direct(pat);
    await sam.send(id, 'good night');
    expect(await reasons(pat)).toEqual([`not sent: it was in their quiet hours (chat ${id})`]);
  });

  test('another device was connected, or had the chat open', async () => {
    const { pat, sam } = await started();
    const { id } = await sam.direct(pat);
    const socket = await pat.connect({ confirms: true });
    await sam.send(id, 'hello');
    const connected = `not sent: one of their devices was connected (chat ${id})`;
    expect(await reasons(pat)).toEqual([connected]);
    await socket.request('join_chat', { chat_id: id });
    await sam.send(id, 'are you there?');
    expect((await reasons(pat))[0]).toBe(`not sent: they had chat ${id} open`);
    socket.close();
  });

  test('they wrote it themselves', async () => {
    const { pat, sam } = await started();
    const { id } = await sam.direct(pat);
    await pat.send(id, 'hello');
    expect(await reasons(pat)).toEqual([`not sent: they wrote it themselves (chat ${id})`]);
  });

  test('there is a block, of which they learn nothing themselves', async () => {
    const { pat, sam } = await started();
    const { id } = await sam.group('Hikers', pat);
    await sam.must('PUT', `/api/users/${pat.id}/block`);
    await sam.send(id, 'hello');
    const apart = `not sent: a block lies between them and the sender (chat ${id})`;
    expect(await reasons(pat)).toContain(apart);
    const archive = await pat.fetch('/api/auth/me/export');
    const files = unzip(await archive.arrayBuffer());
    expect(files['push-log.jsonl']).not.toContain('block');
  });

  test('a mention is told of by itself', async () => {
    const { pat, sam } = await started();
    const { id } = await sam.group('Hikers', pat);
    await settings(pat, id, { is_muted: true });
    await sam.send(id, `@${pat.username} hello`);
    await eventually(async () => (await reasons(pat))[0]?.includes('delivered'), 'its record');
    expect((await reasons(pat)).join()).not.toContain('muted');
  });

  test('the same reason comes once a minute, and to those without a device never', async () => {
    const { pat, sam } = await started();
    const tim = await world.server.user('tim');
    const { id } = await sam.group('Hikers', pat, tim);
    for (const user of [pat, tim]) await settings(user, id, { is_muted: true });
    for (let n = 0; n < 5; n++) await sam.send(id, `message ${n}`);
    const muted = `not sent: they muted chat ${id}`;
    const count = async () => (await reasons(pat)).filter((line) => line === muted).length;
    expect(await count()).toBe(1);
    world.clock.advance(MINUTE_MS);
    await sam.send(id, 'once more');
    expect(await count()).toBe(2);
    expect(await reasons(tim)).toEqual(['No device of theirs is registered now.']);
    await registerPhone(tim, `${TOKEN}B`);
    expect(await reasons(tim)).toHaveLength(1);
  });
});
