import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { PushTests } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { FCM_ANSWERS, fault } from '../../testing/push/fake-google';
import { PushWorld, registerPhone } from '../../testing/push/push-world';
import type { TestUser } from '../../testing/user';

const TOKEN = `secret-token:${'A'.repeat(140)}`;

describe.each(DIALECTS)('a test push on %s', (dialect) => {
  let world: PushWorld;
  beforeAll(async () => {
    world = await PushWorld.start(dialect);
  });
  afterAll(() => world.stop());

  async function tried(user: TestUser): Promise<PushTests> {
    const answer = await user.must<PushTests>('POST', '/api/notifications/test-push');
    expect(PushTests.parse(answer)).toEqual(answer);
    return answer;
  }

  test('of somebody without a device says so', async () => {
    const user = await world.server.user('ann');
    expect(await tried(user)).toEqual({
      detail: 'No device of yours is registered for notifications.',
      devices: [],
    });
    expect(await world.outcomes(user, 1)).toEqual(['not sent: test, but no device registered']);
  });

  test("goes to each of the caller's devices, and tells what became of it", async () => {
    const phone = await world.phone(TOKEN);
    const laptop = await phone.signIn();
    const browser = await world.browser(laptop);
    await world.phone(`other-token:${'B'.repeat(140)}`);
    const { detail, devices } = await tried(phone);
    expect(detail).toBe('2 of 2 devices were reached.');
    const hops = { registered_at: new Date(world.clock.now()).toISOString() };
    const done = { ...hops, provider_configured: true, sent: true, outcome: 'delivered' as const };
    expect(devices).toHaveLength(2);
    expect(devices).toContainEqual({
      ...done,
      session_id: expect.any(Number),
      kind: 'firebase',
      device: expect.any(String),
      address: 'secret…AAAA',
      detail: 'Firebase took it.',
    });
    expect(devices).toContainEqual({
      ...done,
      session_id: expect.any(Number),
      kind: 'web_push',
      device: expect.any(String),
      address: expect.stringMatching(/^127\.0\.0\.1:\d+ send\/.{1,2}…....$/),
      detail: 'The push service took it.',
    });
    expect(JSON.stringify(devices)).not.toContain(TOKEN);
    expect(JSON.stringify(devices)).not.toContain(browser.endpoint);
    expect(world.google.messages.map(({ token }) => token)).toEqual([TOKEN]);
    expect(world.google.complaints).toEqual([]);
    expect(await world.outcomes(phone, 2)).toContain('test, delivered: Firebase took it.');
  });

  test('tells trouble in plain words, never in those of the provider', async () => {
    const user = await world.phone(TOKEN);
    world.google.failSends(fault(FCM_ANSWERS.internal));
    expect((await tried(user)).devices).toMatchObject([
      { outcome: 'try_again', detail: 'Firebase is out of order.' },
    ]);
    world.google.failSends(fault(FCM_ANSWERS.otherProject));
    const refused = await tried(user);
    expect(refused).toMatchObject({
      detail: '0 of 1 devices were reached.',
      devices: [{ outcome: 'refused', sent: true }],
    });
    expect(JSON.stringify(refused)).not.toContain('SenderId');
  });

  test('removes a device that is gone', async () => {
    const user = await world.phone(TOKEN);
    world.google.failSends(fault(FCM_ANSWERS.unregistered));
    expect((await tried(user)).devices).toMatchObject([{ outcome: 'gone' }]);
    expect((await tried(user)).devices).toEqual([]);
    await registerPhone(user, TOKEN);
    expect((await tried(user)).devices).toMatchObject([{ outcome: 'delivered' }]);
  });
});

describe('on a server', () => {
  test('without Firebase, a phone is told that', async () => {
    const world = await PushWorld.start('sqlite', { FIREBASE_CREDENTIALS_JSON: '' });
    const user = await world.phone(TOKEN);
    expect(await user.must('POST', '/api/notifications/test-push')).toMatchObject({
      detail: '0 of 1 devices were reached.',
      devices: [
        {
          provider_configured: false,
          sent: false,
          outcome: 'not_sent',
          detail: 'Firebase is not set up on this server.',
        },
      ],
    });
    await world.stop();
  });

  test('with limits, nobody tests without end', async () => {
    const world = await PushWorld.start('sqlite', { RATE_LIMITS: 'on' });
    const user = await world.server.user('ann');
    const statuses = [];
    for (let i = 0; i < 6; i++) {
      statuses.push((await user.call('POST', '/api/notifications/test-push')).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    await world.stop();
  });
});
