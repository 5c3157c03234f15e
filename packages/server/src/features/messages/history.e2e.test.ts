import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Chat, type Message, MessagePage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('history on %s', (dialect) => {
  let server: TestServer;
  let ann: TestUser;
  let bob: TestUser;
  let chat: Chat;
  /** The message with seq n at place n - 1. */
  const sent: Message[] = [];

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    [ann, bob] = [await server.user('ann'), await server.user('bob')];
    chat = await ann.direct(bob);
    for (let n = 1; n <= 120; n++) sent.push(await ann.send(chat.id, `m${n}`));
  });
  afterAll(() => server.stop());

  const id = (n: number) => sent[n - 1]?.id as number;
  const read = (query: string) => bob.must<MessagePage>('GET', `/api/messages/${chat.id}${query}`);
  async function page(query: string) {
    const { items, has_more, next_before, next_after } = await read(query);
    const place = (messageId: number | null) => sent.find((m) => m.id === messageId)?.seq ?? null;
    return {
      seqs: [items[0]?.seq, items.at(-1)?.seq, items.length],
      has_more,
      next_before: place(next_before),
      next_after: place(next_after),
    };
  }

  test('is a page of messages as they were sent', async () => {
    const answer = await read('?limit=2');
    expect(MessagePage.parse(answer)).toEqual(answer);
    expect(answer.items[1]).toMatchObject({
      id: id(120),
      chat_id: chat.id,
      seq: 120,
      sender_id: ann.id,
      sender_username: ann.username,
      content: 'm120',
      content_type: 'text',
      reply_to_id: null,
      reactions: [],
      is_edited: false,
      is_deleted: false,
    });
  });

  test('begins with the newest fifty, ascending', async () => {
    const { items } = await read('');
    expect(items.map((message) => message.seq)).toEqual(
      Array.from({ length: 50 }, (_, i) => 71 + i),
    );
  });

  const cases: [query: () => string, Awaited<ReturnType<typeof page>>][] = [
    [() => '', { seqs: [71, 120, 50], has_more: true, next_before: 71, next_after: null }],
    [
      () => '?limit=100',
      { seqs: [21, 120, 100], has_more: true, next_before: 21, next_after: null },
    ],
    [
      () => `?before=${id(71)}`,
      { seqs: [21, 70, 50], has_more: true, next_before: 21, next_after: 70 },
    ],
    [
      () => `?before=${id(21)}`,
      { seqs: [1, 20, 20], has_more: false, next_before: null, next_after: 20 },
    ],
    [
      () => `?before=${id(51)}&limit=50`,
      { seqs: [1, 50, 50], has_more: false, next_before: null, next_after: 50 },
    ],
    [
      () => `?before=${id(1)}`,
      { seqs: [undefined, undefined, 0], has_more: false, next_before: null, next_after: null },
    ],
    [
      () => `?after=${id(1)}&limit=3`,
      { seqs: [2, 4, 3], has_more: true, next_before: 2, next_after: 4 },
    ],
    [
      () => `?after=${id(115)}&limit=5`,
      { seqs: [116, 120, 5], has_more: false, next_before: 116, next_after: null },
    ],
    [
      () => `?after=${id(120)}`,
      { seqs: [undefined, undefined, 0], has_more: false, next_before: null, next_after: null },
    ],
    [
      () => `?around=${id(60)}&limit=11`,
      { seqs: [55, 65, 11], has_more: true, next_before: 55, next_after: 65 },
    ],
    [
      () => `?around=${id(60)}&limit=1`,
      { seqs: [60, 60, 1], has_more: true, next_before: 60, next_after: 60 },
    ],
    [
      () => `?around=${id(2)}&limit=10`,
      { seqs: [1, 10, 10], has_more: true, next_before: null, next_after: 10 },
    ],
    [
      () => `?around=${id(119)}&limit=10`,
      { seqs: [111, 120, 10], has_more: true, next_before: 111, next_after: null },
    ],
  ];

  test.each(cases)('page %#', async (query, expected) => {
    expect(await page(query())).toEqual(expected);
  });

  test.each([
    ['next_before', ''],
    ['next_after', '?after='],
  ] as const)('following %s visits every message once', async (next, start) => {
    const seen: number[] = [];
    let query = start ? `${start}${id(1)}&limit=17` : '?limit=17';
    if (start) seen.push(1);
    for (;;) {
      const { items, has_more, ...pointers } = await read(query);
      const seqs = items.map((message) => message.seq);
      if (start) seen.push(...seqs);
      else seen.unshift(...seqs);
      expect(pointers[next] !== null).toBe(has_more);
      if (!has_more) break;
      query = `?${start ? 'after' : 'before'}=${pointers[next]}&limit=17`;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  });

  test.each(['limit=0', 'limit=101', 'limit=abc', 'limit=-1', 'limit=1.5', 'limit=', 'before=abc'])(
    '?%s is refused',
    async (query) => {
      const answer = await bob.call('GET', `/api/messages/${chat.id}?${query}`);
      expect(answer.body).toMatchObject({ status: 422, code: 'invalid' });
    },
  );

  test.each([() => `before=${id(50)}&after=${id(10)}`, () => `around=${id(50)}&at=2026-11-20`])(
    'before, after, around and at exclude each other',
    async (query) => {
      expect((await bob.call('GET', `/api/messages/${chat.id}?${query()}`)).status).toBe(422);
    },
  );

  test('at a time is around the first message of then or later', async () => {
    const day = (n: number) => Date.UTC(2020, 0, n);
    const old = await ann.group('Old');
    for (let n = 1; n <= 30; n++) await ann.send(old.id, `${n}`);
    // Three messages a day, from the first of January on.
    const at = `${day(1)} + ((seq - 1) / 3) * 86400000`;
    await server.change(`update messages set created_at = ${at} where chat_id = ${old.id}`);
    const seqs = async (query: string) => {
      const path = `/api/messages/${old.id}?limit=5&${query}`;
      const { items, has_more } = await ann.must<MessagePage>('GET', path);
      return [items[0]?.seq, items.at(-1)?.seq, has_more];
    };
    expect(await seqs('at=2020-01-04')).toEqual([8, 12, true]);
    expect(await seqs('at=2020-01-03T00:00:00.001Z')).toEqual([8, 12, true]);
    expect(await seqs('at=1999-01-01')).toEqual([1, 5, true]);
    expect(await seqs('at=2030-01-01')).toEqual([26, 30, true]);
    const empty = await ann.group('Empty');
    const none = await ann.must<MessagePage>('GET', `/api/messages/${empty.id}?at=2020-01-01`);
    expect(none).toMatchObject({ items: [], has_more: false });
    expect((await ann.call('GET', `/api/messages/${old.id}?at=soon`)).status).toBe(422);
  });

  test.each(['before', 'after', 'around'])(
    "%s another chat's message is the same 404 as a missing one's",
    async (side) => {
      const elsewhere = await ann.direct(ann);
      const foreign = await ann.send(elsewhere.id, 'private');
      const ask = (messageId: number) =>
        ann.call('GET', `/api/messages/${chat.id}?${side}=${messageId}`);
      const { request_id: _, ...missing } = (await ask(999_999_999)).body;
      expect(missing).toMatchObject({ status: 404, code: 'not_found' });
      expect((await ask(foreign.id)).body).toMatchObject(missing);
    },
  );

  test('of an empty chat is an empty page', async () => {
    const empty = await ann.group('Empty');
    expect(await ann.must('GET', `/api/messages/${empty.id}`)).toEqual({
      items: [],
      has_more: false,
      next_before: null,
      next_after: null,
    });
  });
});
