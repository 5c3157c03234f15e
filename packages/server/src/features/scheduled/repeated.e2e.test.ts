import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat, CursorPage, MessagePage, ScheduledMessage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { text, upload } from '../../testing/files';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const PATH = '/api/messages/scheduled';

describe.each(DIALECTS)('a client_message_id of a scheduled message on %s', (dialect) => {
  let clock: ManualClock;
  let server: TestServer;
  let ann: TestUser;
  let chat: Chat;
  let other: Chat;
  let client_message_id: string;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    const env = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ dialect, env, clock });
    ann = await server.user('ann');
    chat = await ann.direct(await server.user('bob'));
    other = await ann.direct(ann);
    client_message_id = crypto.randomUUID();
  });
  afterEach(() => server.stop());

  const requestFor = (content: string, more: object = {}) => ({
    chat_id: chat.id,
    content,
    send_at: new Date(clock.now() + 1_000).toISOString(),
    client_message_id,
    ...more,
  });
  const schedule = (body: object, user = ann) => user.call<ScheduledMessage>('POST', PATH, body);
  const list = async () => (await ann.must<CursorPage<ScheduledMessage>>('GET', PATH)).items;
  const texts = async ({ id }: Chat) => {
    const { items } = await ann.must<MessagePage>('GET', `/api/messages/${id}`);
    return items.map((message) => message.content);
  };
  const conflict = { status: 409, body: { code: 'conflict' } };

  test('is not taken for another one', async () => {
    const first = await schedule(requestFor('first'));
    const later = new Date(clock.now() + 9_000).toISOString();
    for (const more of [{ content: 'second' }, { chat_id: other.id }, { send_at: later }]) {
      expect(await schedule(requestFor('first', more))).toMatchObject(conflict);
    }
    expect(await schedule(requestFor('first'))).toMatchObject({ status: 200, body: first.body });
    expect(await list()).toEqual([first.body]);
  });

  test('is known again after a change that changed nothing', async () => {
    const first = await schedule(requestFor('first'));
    await ann.must('PUT', `${PATH}/${first.body.id}`, { content: 'other' });
    expect(await schedule(requestFor('first'))).toMatchObject(conflict);
    await ann.must('PUT', `${PATH}/${first.body.id}`, { content: 'first' });
    expect(await schedule(requestFor('first'))).toMatchObject({ status: 200, body: first.body });
  });

  test('that was sent already is refused, as often as one likes, but is another’s to use', async () => {
    await ann.send(chat.id, 'sent', { client_message_id });
    for (const more of [{}, {}, { content: 'sent' }, { chat_id: other.id }]) {
      expect(await schedule(requestFor('later', more))).toMatchObject(conflict);
    }
    expect(await list()).toEqual([]);
    const bob = await server.user('bob');
    const own = await bob.direct(bob);
    expect((await schedule(requestFor('mine', { chat_id: own.id }), bob)).status).toBe(201);
  });

  test.each([
    ['with another text', () => chat, 'sooner'],
    ['to another chat', () => other, 'later'],
  ])('that is sent meanwhile %s is one message, and its owner hears of it', async (_, to, text) => {
    const { body } = await schedule(requestFor('later'));
    await ann.send(to().id, text, { client_message_id });
    const socket = await ann.connect();
    clock.advance(1_000);
    const told = await socket.event('scheduled_message');
    expect(told).toMatchObject({
      scheduled_id: body.id,
      scheduled: {
        ...body,
        status: 'failed',
        failure: {
          code: 'conflict',
          detail: 'A message of yours with this client_message_id was sent already',
        },
      },
    });
    expect(await list()).toEqual([told.scheduled as ScheduledMessage]);
    expect([...(await texts(chat)), ...(await texts(other))]).toEqual([text]);
    const again = { send_at: new Date(clock.now() + 1_000).toISOString() };
    expect(await ann.call('PUT', `${PATH}/${body.id}`, again)).toMatchObject(conflict);
    expect((await ann.call('DELETE', `${PATH}/${body.id}`)).status).toBe(204);
  });

  test.each([
    ['of another kind', async () => ({ message_type: 'file' })],
    ['in answer to something', async () => ({ reply_to_id: (await ann.send(chat.id, 'x')).id })],
    [
      'with a file',
      async () => ({
        message_type: 'text',
        media_ids: [(await upload(ann, [text('a file')]))[0]?.id],
      }),
    ],
  ])('that is sent meanwhile with the same text but %s is not the one', async (_, more) => {
    const { body } = await schedule(requestFor('later'));
    await ann.send(chat.id, 'later', { client_message_id, ...(await more()) });
    clock.advance(1_000);
    const failed = await eventually(async () => {
      const [left] = await list();
      return left?.status === 'failed' && left;
    }, 'the failure');
    expect(failed).toMatchObject({ id: body.id, failure: { code: 'conflict' } });
  });

  test('that is sent meanwhile as it stands was sent', async () => {
    const { body } = await schedule(requestFor('the same'));
    await ann.send(chat.id, 'the same', { client_message_id });
    const socket = await ann.connect();
    clock.advance(1_000);
    const told = await socket.event('scheduled_message');
    expect(told).toMatchObject({ scheduled_id: body.id, scheduled: null });
    expect(await list()).toEqual([]);
    expect(await texts(chat)).toEqual(['the same']);
  });
});
