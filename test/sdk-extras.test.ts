import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat, Message } from '@confab/protocol';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { ManualClock } from '../packages/server/src/testing/manual-clock';
import { TestServer } from '../packages/server/src/testing/server';
import { eventually } from '../packages/server/src/testing/waiting';
import { SdkPerson } from './support/sdk-person';

describe.each(DIALECTS)('with the SDK on %s', (dialect) => {
  let clock: ManualClock;
  let server: TestServer;
  let ann: SdkPerson;
  let ben: SdkPerson;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    server = await TestServer.start({ dialect, clock, env: { ACCESS_TOKEN_TTL_S: '86400' } });
    [ann, ben] = [
      await SdkPerson.register(server.url, 'ann'),
      await SdkPerson.register(server.url, 'ben'),
    ];
  });
  afterEach(async () => {
    await Promise.all([ann.client.close(), ben.client.close()]);
    await server.stop();
  });

  /** A message as ben's app holds it, once it is so. */
  const held = (chat: Chat, fits: (message: Message) => boolean) =>
    eventually(() => ben.client.messages(chat.id).find(fits), 'the message');
  const secondsAhead = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString();

  test('one joins by a link, pins, schedules, and sees messages disappear', async () => {
    const chat = await ann.client.createGroup('Hiking');
    const invite = await ann.client.api.createInvite(chat.id, { max_uses: 1 });
    expect(await ben.client.api.invitePreview(invite.code)).toMatchObject({ name: 'Hiking' });
    expect(await ben.client.joinByInvite(invite.code)).toMatchObject({ id: chat.id });
    expect(ben.client.chat(chat.id)?.member_count).toBe(2);
    expect((await ann.client.api.invites(chat.id)).items).toMatchObject([{ uses: 1 }]);
    await ann.client.api.revokeInvite(chat.id, invite.code);

    await ann.say(chat.id, 'the address');
    const { id } = await held(chat, (message) => message.content === 'the address');
    await ann.client.api.pin(id);
    await held(chat, (message) => message.id === id && message.is_pinned === true);
    expect((await ben.client.api.pins(chat.id)).items.map((each) => each.id)).toEqual([id]);
    await ann.client.api.unpin(id);
    await held(chat, (message) => message.id === id && message.is_pinned === false);

    await ann.client.api.updateChat(chat.id, { disappear_after_s: 3600 });
    await eventually(() => ben.client.chat(chat.id)?.disappear_after_s === 3600, 'the setting');
    const states: (string | undefined)[] = [];
    ann.client.on('scheduled', ({ scheduled }) => states.push(scheduled?.status));
    const later = { chat_id: chat.id, content: 'later', send_at: secondsAhead(60) };
    const { id: waiting } = await ann.client.api.schedule(later);
    const { id: other } = await ann.client.api.schedule({ ...later, content: 'never' });
    await ann.client.api.updateScheduled(waiting, { content: 'a bit later' });
    await ann.client.api.cancelScheduled(other);
    expect((await ann.client.api.scheduled()).items).toMatchObject([{ content: 'a bit later' }]);
    clock.advance(60_000);
    const sent = await held(chat, (message) => message.content === 'a bit later');
    expect(sent.expires_at).toBe(secondsAhead(3600));
    await eventually(() => states.length === 5, 'what became of them');
    expect(states).toEqual(['waiting', 'waiting', 'waiting', undefined, undefined]);

    clock.advance(3_600_000);
    await held(chat, (message) => message.id === sent.id && message.is_deleted);
    expect([ann.faults, ben.faults]).toEqual([[], []]);
  });
});
