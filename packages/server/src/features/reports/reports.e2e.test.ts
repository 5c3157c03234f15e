import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { AdminReport, CursorPage, Report } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

describe.each(DIALECTS)('reports on %s', (dialect) => {
  let server: TestServer;
  let root: TestUser;
  let ann: TestUser;
  let ben: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
    root = await server.admin('root');
    [ann, ben] = [await server.user('ann'), await server.user('ben')];
  });
  afterAll(() => server.stop());

  const report = (user: TestUser, body: Record<string, unknown>) =>
    user.call<Report>('POST', '/api/reports', body);
  const open = (state = 'open') =>
    root.must<CursorPage<AdminReport>>('GET', `/api/admin/reports?state=${state}`);

  test('of a message keep what it said, whatever becomes of it', async () => {
    const chat = await ben.direct(ann);
    const message = await ben.send(chat.id, 'Buy my coins');
    const answer = await report(ann, { message_id: message.id, reason: 'Spam' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        message_id: message.id,
        user_id: null,
        reason: 'Spam',
        state: 'open',
        resolved_at: null,
      },
    });
    await ben.must('PUT', `/api/messages/${message.id}`, { content: 'Good morning' });
    await ben.must('DELETE', `/api/messages/${message.id}`);
    const { items } = await open();
    expect(items[0]).toMatchObject({
      id: answer.body.id,
      reporter: { id: ann.id as never, username: ann.username },
      about: { id: ben.id as never, username: ben.username },
      message: { chat_id: chat.id, content: 'Buy my coins', content_type: 'text' },
      note: null,
      resolved_by: null,
    });
  });

  test('of oneself are refused', async () => {
    const own = await ann.send((await ann.direct(ben)).id, 'Mine');
    for (const about of [{ user_id: ann.id }, { message_id: own.id }]) {
      expect(await report(ann, { ...about, reason: 'Me' })).toMatchObject({
        status: 422,
        body: {
          code: 'invalid',
          detail: 'Nobody can report themselves',
          errors: [{ path: Object.keys(about)[0], message: 'must be about somebody else' }],
        } as never,
      });
    }
  });

  test('made again answer with the first one, until it is resolved', async () => {
    const first = await report(ann, { user_id: ben.id, reason: 'Rude' });
    expect(first.status).toBe(201);
    const again = await report(ann, { user_id: ben.id, reason: 'Very rude' });
    expect(again).toMatchObject({ status: 200, body: first.body });
    const path = `/api/admin/reports/${first.body.id}/resolve`;
    const resolved = await root.must<AdminReport>('POST', path, { note: 'Spoke with them' });
    expect(resolved).toMatchObject({
      state: 'resolved',
      note: 'Spoke with them',
      resolved_by: { id: root.id as never },
    });
    expect(await root.must<AdminReport>('POST', path, { note: 'Again' })).toEqual(resolved);
    expect((await open('resolved')).items).toMatchObject([{ id: first.body.id }]);
    expect((await open()).items.map(({ id }) => id)).not.toContain(first.body.id);
    const anew = await report(ann, { user_id: ben.id, reason: 'Rude again' });
    expect(anew.status).toBe(201);
    expect((await root.call('POST', '/api/admin/reports/700000000/resolve')).status).toBe(404);
  });

  test('at once are one', async () => {
    const cem = await server.user('cem');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => report(cem, { user_id: ben.id, reason: 'Loud' })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('are of what one can see alone', async () => {
    const [dan, eve] = [await server.user('dan'), await server.user('eve')];
    const secret = await ben.group('Secret', eve);
    const message = await ben.send(secret.id, 'for members only');
    await ben.must('DELETE', `/api/chats/${secret.id}/members/${eve.id}`);
    const answers: unknown[] = [];
    for (const user of [dan, eve]) {
      for (const message_id of [message.id, 7e8]) {
        const { status, body } = await report(user, { message_id, reason: 'x' });
        const { request_id: _, ...problem } = body as unknown as Record<string, unknown>;
        answers.push({ status, ...problem });
      }
    }
    expect(answers[0]).toMatchObject({ status: 404, code: 'not_found' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await report(dan, { user_id: 7e8, reason: 'x' })).status).toBe(404);
  });

  test('name one thing and say why', async () => {
    const dan = await server.user('dan');
    const bad = [
      {},
      { reason: 'x' },
      { user_id: ben.id },
      { user_id: ben.id, reason: '' },
      { user_id: ben.id, reason: '  ' },
      { user_id: ben.id, reason: 'x'.repeat(1001) },
      { user_id: ben.id, message_id: 1, reason: 'x' },
      { user_id: `${ben.id}`, reason: 'x' },
      { user_id: null, message_id: null, reason: 'x' },
    ];
    for (const body of bad) expect((await report(dan, body)).status).toBe(422);
    const good = { user_id: ben.id, message_id: null, reason: 'x'.repeat(1000) };
    expect((await report(dan, good)).status).toBe(201);
  });

  test('are twenty an hour at most', async () => {
    const eager = await server.user('eager');
    for (let n = 0; n < 20; n++) {
      expect((await report(eager, { user_id: ben.id, reason: 'x' })).status).toBeLessThan(300);
    }
    const answer = await report(eager, { user_id: ben.id, reason: 'x' });
    expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } as never });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(100);
  });
});
