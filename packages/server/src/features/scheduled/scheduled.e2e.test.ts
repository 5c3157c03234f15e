import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type CursorPage, type MessagePage, ScheduledMessage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';
import { claimScheduled } from './sending-writes';

const PATH = '/api/messages/scheduled';
const YEAR_MS = 365 * 24 * 3600 * 1000;

describe.each(DIALECTS)('scheduled messages on %s', (dialect) => {
  let clock: ManualClock;
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    const env = { RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ dialect, env, clock });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
  });
  afterEach(() => server.stop());

  const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();
  const schedule = (chatId: number, content: string, ms: number, more: object = {}) =>
    ann.must<ScheduledMessage>('POST', PATH, {
      chat_id: chatId,
      content,
      send_at: inMs(ms),
      ...more,
    });
  const list = (user = ann) => user.must<CursorPage<ScheduledMessage>>('GET', PATH);
  const history = async (chatId: number) => {
    const page = await ann.must<MessagePage>('GET', `/api/messages/${chatId}?limit=100`);
    return page.items.filter((message) => message.content_type !== 'system');
  };
  const texts = async (chatId: number) => (await history(chatId)).map((m) => m.content);
  const isListed = async (count: number) => (await list()).items.length === count;
  const failed = () =>
    eventually(async () => {
      const [first] = (await list()).items;
      return first?.status === 'failed' && first;
    }, 'a failure');

  test('wait for their time, and are then sent as their sender’s', async () => {
    const chat = await ann.direct(bob);
    const original = await bob.send(chat.id, 'when?');
    const made = await ann.call<ScheduledMessage>('POST', PATH, {
      chat_id: chat.id,
      content: 'now',
      send_at: inMs(60_000),
      reply_to_id: original.id,
    });
    expect(made.status).toBe(201);
    expect(ScheduledMessage.parse(made.body)).toEqual(made.body);
    expect(made.body).toMatchObject({
      chat_id: chat.id,
      content: 'now',
      content_type: 'text',
      reply_to_id: original.id,
      status: 'waiting',
      failure: null,
      send_at: inMs(60_000),
    });
    expect((await list()).items).toEqual([made.body]);
    const socket = await bob.connect();
    clock.advance(59_999);
    await socket.settled();
    expect(await texts(chat.id)).toEqual(['when?']);
    clock.advance(1);
    const { message } = await socket.event('new_message');
    expect(message).toMatchObject({
      content: 'now',
      sender_id: ann.id as never,
      reply_to_id: original.id,
      client_message_id: made.body.client_message_id,
      created_at: inMs(0),
    });
    await eventually(() => isListed(0), 'the end of the wait');
  });

  test('tell their owner’s devices of themselves, and nobody else', async () => {
    const chat = await ann.direct(bob);
    const [own, other] = [await ann.connect(), await bob.connect()];
    const { id } = await schedule(chat.id, 'later', 5_000);
    const made = await own.event('scheduled_message');
    expect(made).toMatchObject({ scheduled_id: id, scheduled: { content: 'later' } });
    clock.advance(5_000);
    await own.event('scheduled_message', (frame) => frame.scheduled === null);
    await other.event('new_message');
    expect(other.all('scheduled_message')).toEqual([]);
    expect((await list(bob)).items).toEqual([]);
  });

  test('are sent in the order of their times by one timer, equal times as they were made', async () => {
    const chat = await ann.direct(bob);
    for (const [content, ms] of [
      ['d', 3000],
      ['b', 2000],
      ['c', 2000],
      ['a', 1000],
    ] as const) {
      await schedule(chat.id, content, ms);
    }
    clock.advance(10_000);
    await eventually(() => isListed(0), 'all of them');
    expect(await texts(chat.id)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('overdue after a stop are sent at the start, in order', async () => {
    const chat = await ann.direct(bob);
    for (const n of [3, 1, 2]) await schedule(chat.id, `m${n}`, n * 1000);
    await schedule(chat.id, 'later', 86_000_000);
    clock.leap(0);
    const restarted = server.restart();
    clock.leap(3_600_000);
    await restarted;
    await eventually(() => isListed(1), 'the overdue ones');
    expect(await texts(chat.id)).toEqual(['m1', 'm2', 'm3']);
  });

  test('of which one was sent, but not yet taken off when the server died, are sent once', async () => {
    const chat = await ann.direct(bob);
    const { id, client_message_id } = await schedule(chat.id, 'once', 1_000);
    await schedule(chat.id, 'after it', 1_000);
    // As a process leaves it that dies between the two writes.
    const { committer } = server.services.database;
    await committer.submit(
      claimScheduled,
      { now: clock.now() + 1_000, until: clock.now() + 60_000, limit: 1 },
      0,
    );
    await ann.send(chat.id, 'once', { client_message_id });
    expect((await list()).items.find((each) => each.id === id)?.status).toBe('sending');
    await server.restart();
    clock.advance(1_000);
    await eventually(() => isListed(0), 'the end of the wait');
    expect(await texts(chat.id)).toEqual(['once', 'after it']);
  });

  test('can be changed and called back until then', async () => {
    const chat = await ann.direct(bob);
    const [one, two] = [
      await schedule(chat.id, 'one', 5_000),
      await schedule(chat.id, 'two', 5_000),
    ];
    const changed = await ann.must<ScheduledMessage>('PUT', `${PATH}/${one.id}`, {
      content: 'uno',
      send_at: inMs(9_000),
    });
    expect(changed).toEqual({ ...one, content: 'uno', send_at: inMs(9_000) });
    expect((await ann.call('DELETE', `${PATH}/${two.id}`)).status).toBe(204);
    clock.advance(8_999);
    expect((await list()).items).toEqual([changed]);
    clock.advance(1);
    await eventually(() => isListed(0), 'the end of the wait');
    expect(await texts(chat.id)).toEqual(['uno']);
    expect(await ann.call('DELETE', `${PATH}/${two.id}`)).toMatchObject({ status: 404 });
  });

  test('keep both of two changes that come at once', async () => {
    const chat = await ann.direct(bob);
    const made = await schedule(chat.id, 'one', 60_000);
    for (let n = 0; n < 10; n++) {
      const [content, send_at] = [`text ${n}`, inMs(120_000 + n * 60_000)];
      await Promise.all([
        ann.must('PUT', `${PATH}/${made.id}`, { content }),
        ann.must('PUT', `${PATH}/${made.id}`, { send_at }),
      ]);
      expect((await list()).items).toMatchObject([{ content, send_at }]);
    }
  });

  test('that are being sent can be neither changed nor called back', async () => {
    const chat = await ann.direct(bob);
    const { id } = await schedule(chat.id, 'now', 1_000);
    const { committer } = server.services.database;
    await committer.submit(
      claimScheduled,
      { now: clock.now() + 1_000, until: clock.now() + 60_000, limit: 1 },
      0,
    );
    for (const [method, body] of [
      ['PUT', { content: 'other' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await ann.call(method, `${PATH}/${id}`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
  });

  test('the same client_message_id schedules one', async () => {
    const chat = await ann.direct(bob);
    const client_message_id = crypto.randomUUID();
    const body = { chat_id: chat.id, content: 'once', send_at: inMs(1_000), client_message_id };
    const first = await ann.call('POST', PATH, body);
    const again = await ann.call('POST', PATH, body);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    clock.advance(1_000);
    await eventually(() => isListed(0), 'the end of the wait');
    expect(await texts(chat.id)).toEqual(['once']);
  });

  test('of somebody who was removed meanwhile fail, and stay until they are cleared away', async () => {
    const chat = await bob.group('Bob’s', ann);
    const { id } = await schedule(chat.id, 'too late', 1_000);
    await bob.must('DELETE', `/api/chats/${chat.id}/members/${ann.id}`);
    const socket = await ann.connect();
    clock.advance(1_000);
    expect(await failed()).toMatchObject({
      id,
      content: 'too late',
      failure: { code: 'not_found', detail: 'There is no such chat' },
    });
    await socket.event('scheduled_message', (frame) => frame.scheduled?.status === 'failed');
    await server.restart();
    clock.advance(3_600_000);
    expect((await list()).items).toHaveLength(1);
    await bob.must('POST', `/api/chats/${chat.id}/members`, { user_id: ann.id });
    expect(await texts(chat.id)).toEqual([]);
    await ann.must('DELETE', `${PATH}/${id}`);
    expect((await list()).items).toEqual([]);
  });

  test('to a group that was deleted fail; with another time they wait again', async () => {
    const [gone, chat] = [await bob.group('Gone', ann), await ann.direct(bob)];
    await schedule(gone.id, 'nobody there', 1_000);
    await bob.must('DELETE', `/api/chats/${gone.id}`);
    clock.advance(1_000);
    expect((await failed()).failure?.code).toBe('not_found');
    const group = await bob.group('Back', ann);
    const again = await schedule(group.id, 'again', 2_000);
    await bob.must('DELETE', `/api/chats/${group.id}/members/${ann.id}`);
    clock.advance(2_000);
    await eventually(
      async () => (await list()).items.every((m) => m.status === 'failed'),
      'failures',
    );
    await bob.must('POST', `/api/chats/${group.id}/members`, { user_id: ann.id });
    const waiting = await ann.must('PUT', `${PATH}/${again.id}`, { send_at: inMs(1_000) });
    expect(waiting).toMatchObject({ status: 'waiting', failure: null });
    clock.advance(1_000);
    await eventually(() => isListed(1), 'the second try');
    expect(await texts(group.id)).toEqual(['again']);
    expect(await texts(chat.id)).toEqual([]);
  });

  test.each([
    ['more than a minute ago', -60_001, 422],
    ['a little late', -59_000, 201],
    ['more than a year ahead', YEAR_MS + 1, 422],
    ['a year ahead', YEAR_MS, 201],
  ])('%s', async (_, ms, status) => {
    const chat = await ann.direct(bob);
    const body = { chat_id: chat.id, content: 'x', send_at: inMs(ms) };
    const answer = await ann.call<{ errors?: { path: string }[] }>('POST', PATH, body);
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.body.errors?.[0]?.path).toBe('send_at');
  });

  test.each([
    [{ content: '' }, 422],
    [{ content: 'x'.repeat(16_385) }, 413],
    [{ content: 5 }, 422],
    [{ send_at: 'tomorrow' }, 422],
    [{ send_at: undefined }, 422],
    [{ chat_id: 7e8 }, 404],
    [{ chat_id: undefined }, 422],
    [{ reply_to_id: 7e8 }, 404],
    [{ message_type: 'system' }, 422],
  ])('%j are refused at once', async (wrong, status) => {
    const chat = await ann.direct(bob);
    const body = { chat_id: chat.id, content: 'x', send_at: inMs(1_000), ...wrong };
    expect((await ann.call('POST', PATH, body)).status).toBe(status);
    expect((await list()).items).toEqual([]);
  });

  test('to a foreign chat, or in answer to a foreign message, are answered as to none', async () => {
    const foreign = await bob.group('Foreign');
    const message = await bob.send(foreign.id, 'secret');
    const mine = await ann.direct(ann);
    const ask = async (more: object) => {
      const body = { chat_id: mine.id, content: 'x', send_at: inMs(1_000), ...more };
      const { status, body: answer } = await ann.call('POST', PATH, body);
      return { status, ...answer, request_id: '' };
    };
    expect(await ask({ chat_id: foreign.id })).toEqual(await ask({ chat_id: 7e8 }));
    expect(await ask({ reply_to_id: message.id })).toEqual(await ask({ reply_to_id: 7e8 }));
  });

  test('of one user are 100 at most', async () => {
    const chat = await ann.direct(bob);
    const body = { chat_id: chat.id, content: 'x', send_at: inMs(1_000) };
    const answers = await Promise.all(
      Array.from({ length: 103 }, () => ann.call('POST', PATH, body)),
    );
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(3);
    clock.advance(1_000);
    await eventually(() => isListed(0), 'all of them');
    expect(await texts(chat.id)).toHaveLength(100);
  });

  test('come in pages, the next to be sent first', async () => {
    const chat = await ann.direct(bob);
    for (const n of [4, 1, 3, 1, 2]) await schedule(chat.id, `m${n}`, n * 1_000);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `${PATH}?limit=2${cursor && `&cursor=${cursor}`}`;
      const page: CursorPage<ScheduledMessage> = await ann.must('GET', path);
      seen.push(...page.items.map((each) => each.content));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['m1', 'm1', 'm2', 'm3', 'm4']);
  });

  test('are refused at once where nobody can write', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const chat = await ann.must<{ id: number }>('POST', '/api/chats/direct', { user_id: ben.id });
    const body = { chat_id: chat.id, content: 'later', send_at: inMs(60_000) };
    await ben.must('PUT', `/api/users/${ann.id}/block`);
    const refused = await ann.call('POST', '/api/messages/scheduled', body);
    expect(refused).toMatchObject({ status: 403, body: { code: 'blocked' } });
    await ben.must('DELETE', `/api/users/${ann.id}/block`);
    await ann.must('POST', '/api/messages/scheduled', body);
  });
});

test('more than the limit of messages allows are sent a little later, in order', async () => {
  const clock = new ManualClock(Date.now());
  const server = await TestServer.start({ clock, env: { ACCESS_TOKEN_TTL_S: '86400' } });
  const ann = await server.user('ann');
  const chat = await ann.direct(ann);
  const send_at = new Date(clock.now() + 1_000).toISOString();
  for (let n = 0; n < 70; n++) {
    await ann.must('POST', PATH, { chat_id: chat.id, content: `m${n}`, send_at });
  }
  // Due while some of the others wait for their second try.
  const soon = new Date(clock.now() + 1_500).toISOString();
  await ann.must('POST', PATH, { chat_id: chat.id, content: 'm70', send_at: soon });
  const { items: all } = await ann.must<CursorPage<unknown>>('GET', `${PATH}?limit=100`);
  expect(all).toHaveLength(71);
  clock.advance(1_000);
  await eventually(async () => {
    const { items } = await ann.must<CursorPage<ScheduledMessage>>('GET', `${PATH}?limit=100`);
    return items.length === 11 && items.every((each) => each.status === 'waiting');
  }, 'the first sixty');
  const texts = async () =>
    (await ann.must<MessagePage>('GET', `/api/messages/${chat.id}?limit=100`)).items.map(
      (message) => message.content,
    );
  await eventually(async () => {
    if ((await texts()).length > 70) return true;
    clock.advance(100);
    return false;
  }, 'the last message');
  expect(await texts()).toEqual(Array.from({ length: 71 }, (_, n) => `m${n}`));
  await server.stop();
});
