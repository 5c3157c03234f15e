import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FakeProcessor } from '../../testing/fake-processor';
import { picture, tryUpload } from '../../testing/files';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

/** As if an account ended after a request of it was let in, and before its write was done. */
describe.each(DIALECTS)(
  'what an account would own that is not active any more, on %s',
  (dialect) => {
    let server: TestServer;
    let ann: TestUser;
    let gone: TestUser;
    let open: Chat;
    let own: Chat;
    let code: string;
    beforeAll(async () => {
      server = await TestServer.start({ dialect, media: { processor: new FakeProcessor() } });
      [ann, gone] = [await server.user('ann'), await server.user('gone')];
      open = await ann.group('Open');
      ({ code } = await ann.must<{ code: string }>('POST', `/api/chats/${open.id}/invites`, {}));
      own = await gone.group('Own');
      await server.change(`update users set is_active = 0 where id = ${gone.id}`);
    });
    afterAll(() => server.stop());

    const later = () => new Date(Date.now() + 3600_000).toISOString();
    const attempts: [string, string, () => string, () => unknown][] = [
      ['privacy settings', 'PUT', () => '/api/auth/me/privacy', () => ({ last_seen: 'nobody' })],
      [
        'quiet hours',
        'PUT',
        () => '/api/notifications/settings',
        () => ({ quiet_from: '22:00', quiet_to: '07:00', time_zone: 'Europe/Berlin' }),
      ],
      ['reports', 'POST', () => '/api/reports', () => ({ user_id: ann.id, reason: 'boo' })],
      ['blocks', 'PUT', () => `/api/users/${ann.id}/block`, () => undefined],
      [
        'scheduled messages',
        'POST',
        () => '/api/messages/scheduled',
        () => ({ chat_id: own.id, content: 'boo', send_at: later() }),
      ],
      ['invite links', 'POST', () => `/api/chats/${own.id}/invites`, () => ({})],
      ['memberships', 'POST', () => `/api/invites/${code}/accept`, () => undefined],
    ];

    test.each(attempts)('%s are not made', async (_, method, path, body) => {
      const answer = await gone.call(method, path(), body());
      expect(answer.body).toMatchObject({ status: 403, code: 'account_inactive' });
    });

    test('files and pictures are not kept', async () => {
      expect((await tryUpload(gone, [picture()])).body).toMatchObject({
        code: 'account_inactive',
      } as never);
      for (const path of ['/api/auth/me/avatar', `/api/chats/${own.id}/avatar`]) {
        const headers = { 'content-type': 'image/png' };
        const body = Buffer.from(picture().bytes);
        const answer = await gone.fetch(path, { method: 'PUT', headers, body });
        expect(await answer.json()).toMatchObject({ code: 'account_inactive' });
      }
    });
  },
);
