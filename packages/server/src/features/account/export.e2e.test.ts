import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { patientClock } from '../../testing/patient-clock';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { unzip } from '../../testing/zip';

const lines = (text = '') =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe.each(DIALECTS)('the export of one’s data on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock: patientClock });
  });
  afterAll(() => server.stop());

  const ask = (user: TestUser, method = 'GET') =>
    fetch(`${server.url}/api/auth/me/export`, {
      method,
      headers: { authorization: `Bearer ${user.token}` },
    });
  const filesOf = async (user: TestUser) => unzip(await (await ask(user)).arrayBuffer());

  test('is a sound ZIP file with all that was said where one is, and one’s own words elsewhere', async () => {
    const [ann, ben, cem] = [
      await server.user('ann'),
      await server.user('ben'),
      await server.user('cem'),
    ];
    const group = await ann.group('Hiking', ben, cem);
    const first = await ann.send(group.id, 'Where to?\nAnd when? 🥾');
    await ben.send(group.id, 'Home', { reply_to_id: first.id });
    await ben.must('PUT', `/api/messages/${first.id}/reactions/👍`);
    await ann.must('PUT', `/api/messages/${first.id}/reactions/🎉`);
    const left = await ben.group('Left', ann);
    await ann.send(left.id, 'I was here');
    await ben.send(left.id, 'for members only');
    await ann.must('DELETE', `/api/chats/${left.id}/members/${ann.id}`);
    const foreign = await ben.group('Foreign', cem);
    await cem.send(foreign.id, 'nobody else’s business');
    await ann.must('POST', '/api/reports', { user_id: cem.id, reason: 'Too loud' });
    await ann.must('PUT', `/api/users/${cem.id}/block`);

    const answer = await ask(ann);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="confab-export-[0-9-]{10}\.zip"$/,
    );
    const files = unzip(await answer.arrayBuffer());
    expect(Object.keys(files).sort()).toEqual([
      'README.txt',
      'blocked-users.jsonl',
      'chats.jsonl',
      `chats/${group.id}/messages.jsonl`,
      'encryption-devices.jsonl',
      `former-chats/${left.id}/own-messages.jsonl`,
      'invite-links.jsonl',
      'key-backup.jsonl',
      'media.jsonl',
      'memberships.jsonl',
      'mentions.jsonl',
      'notification-settings.jsonl',
      'notifications.jsonl',
      'privacy-settings.jsonl',
      'profile.json',
      'push-log.jsonl',
      'reactions.jsonl',
      'reports.jsonl',
      'scheduled-messages.jsonl',
      'sessions.jsonl',
    ]);
    expect(JSON.parse(files['blocked-users.jsonl'] ?? '')).toMatchObject({ blocked_id: cem.id });
    expect(files['README.txt']).toContain(ann.username);
    for (const part of ['profile.json', 'sessions.jsonl', 'memberships.jsonl']) {
      expect(files['README.txt']).toContain(part);
    }
    expect(JSON.parse(files['profile.json'] ?? '')).toMatchObject({
      id: ann.id,
      email: `${ann.username}@example.org`,
    });
    expect(lines(files['sessions.jsonl'])).toMatchObject([{ ip: '127.0.0.1' }]);
    expect(lines(files[`chats/${group.id}/messages.jsonl`])).toMatchObject([
      { content: 'Where to?\nAnd when? 🥾', sender_username: ann.username },
      { content: 'Home', reply_to_id: first.id, sender_username: ben.username },
    ]);
    expect(lines(files[`former-chats/${left.id}/own-messages.jsonl`])).toMatchObject([
      { content: 'I was here', seq: 1 },
    ]);
    expect(lines(files['reactions.jsonl'])).toMatchObject([{ message_id: first.id, emoji: '🎉' }]);
    expect(lines(files['chats.jsonl'])).toMatchObject([{ id: group.id, name: 'Hiking' }]);
    expect(lines(files['memberships.jsonl'])).toMatchObject([
      { chat_id: group.id, name: 'Hiking', role: 'owner', left_at: null, last_read_seq: 1 },
      { chat_id: left.id, name: null, left_at: expect.any(String) },
    ]);
    expect(lines(files['reports.jsonl'])).toMatchObject([{ user_id: cem.id, reason: 'Too loud' }]);
    const everything = JSON.stringify(files);
    expect(everything).not.toContain('members only');
    expect(everything).not.toContain('business');
    expect(everything).not.toContain('argon2');
  });

  test('shows notifications and mentions as the API does, read ones as read', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const chat = await ben.group('Hiking', ann);
    const read = await ben.send(chat.id, `@${ann.username} early`);
    await ann.must('POST', `/api/messages/${read.id}/read`);
    await ben.send(chat.id, `@${ann.username} late`);
    await ann.must('PUT', '/api/notifications/settings', {
      quiet_from: '22:00',
      quiet_to: '07:30',
      time_zone: 'Europe/Berlin',
    });
    const shown = await ann.must<{ items: object[] }>('GET', '/api/notifications');
    const files = await filesOf(ann);
    expect(lines(files['notifications.jsonl'])).toEqual(shown.items);
    expect(shown.items.length).toBeGreaterThanOrEqual(2);
    expect(
      lines(files['mentions.jsonl']).map(({ message_id, is_read }) => [message_id, is_read]),
    ).toEqual([
      [read.id, true],
      [read.id + 1, false],
    ]);
    for (const row of lines(files['mentions.jsonl'])) {
      expect(Object.keys(row)).toEqual([
        'id',
        'message_id',
        'chat_id',
        'user_id',
        'is_read',
        'created_at',
      ]);
    }
    expect(lines(files['notification-settings.jsonl'])).toEqual([
      { quiet_from: '22:00', quiet_to: '07:30', time_zone: 'Europe/Berlin' },
    ]);
  });

  test('explains each of its files', async () => {
    const ann = await server.user('ann');
    await ann.send((await ann.direct(ann)).id, 'note');
    const { 'README.txt': readme = '', ...files } = await filesOf(ann);
    for (const name of Object.keys(files)) {
      expect(readme).toContain(`  ${name.replace(/\/\d+\//, '/<number>/')}  `);
    }
  });

  test('holds long chats whole', async () => {
    const open = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
    const bob = await open.user('bob');
    const notes = await bob.direct(bob);
    await Promise.all(Array.from({ length: 350 }, (_, n) => bob.send(notes.id, `note ${n}`)));
    const response = await fetch(`${open.url}/api/auth/me/export`, {
      headers: { authorization: `Bearer ${bob.token}` },
    });
    const files = unzip(await response.arrayBuffer());
    const seqs = lines(files[`chats/${notes.id}/messages.jsonl`]).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 350 }, (_, i) => i + 1));
    await open.stop();
  });

  test('answers HEAD, and does not take that for an export', async () => {
    const ann = await server.user('ann');
    for (let n = 0; n < 3; n++) {
      const answer = await ask(ann, 'HEAD');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/zip');
    }
    expect(Object.keys(await filesOf(ann))).toContain('README.txt');
  });

  test('is nobody else’s', async () => {
    expect((await fetch(`${server.url}/api/auth/me/export`)).status).toBe(401);
  });
});
