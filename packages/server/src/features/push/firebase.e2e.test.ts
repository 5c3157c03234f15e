import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { FCM_ANSWERS, fault } from '../../testing/push/fake-google';
import { type Fault, json } from '../../testing/push/faulty-server';
import {
  FIRST_RETRY_MS,
  NOTIFICATION,
  PushWorld,
  registerPhone,
} from '../../testing/push/push-world';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const DELIVERED = 'delivered: Firebase took it.';
const TIMEOUT_MS = 10_000;

describe.each(DIALECTS)('Firebase on %s', (dialect) => {
  let world: PushWorld;
  let tokens = 0;
  const newToken = () => `token-${++tokens}:${'A'.repeat(140)}`;
  beforeAll(async () => {
    world = await PushWorld.start(dialect);
  });
  afterAll(async () => {
    await world.stop();
    expect(world.google.complaints).toEqual([]);
  });

  const tokenOf = async (user: TestUser) =>
    (await user.must<{ device_token: string | null }>('GET', '/api/auth/me')).device_token;
  const taken = (token: string) =>
    world.google.messages.filter((message) => message.token === token);

  test('gets a message in the form of each platform', async () => {
    const token = newToken();
    const user = await world.phone(token);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    expect(taken(token)).toEqual([
      {
        token,
        notification: { title: 'Alice', body: 'Lunch?' },
        data: {
          notification_id: '31',
          type: 'message',
          chat_id: '7',
          message_id: '123',
          badge: '4',
        },
        android: {
          collapse_key: 'chat-7',
          priority: 'HIGH',
          ttl: '86400s',
          notification: { tag: 'chat-7', channel_id: 'messages', notification_count: 4 },
        },
        apns: {
          headers: {
            'apns-collapse-id': 'chat-7',
            'apns-priority': '10',
            'apns-push-type': 'alert',
            'apns-expiration': String(world.clock.now() / 1000 + 86_400),
          },
          payload: { aps: { 'thread-id': 'chat-7', badge: 4, sound: 'default' } },
        },
        webpush: {
          headers: { TTL: '86400', Urgency: 'high', Topic: 'chat-7' },
          notification: { tag: 'chat-7' },
        },
      },
    ]);
    expect(world.google.complaints).toEqual([]);
  });

  test('gets nothing of an encrypted chat but that there is something', async () => {
    const token = newToken();
    const user = await world.phone(token, 'ios');
    await world.send(user, { title: 'Secretive Sam', body: '', type: 'mention' });
    await world.outcomes(user, 1);
    const [message] = taken(token);
    expect(message).toMatchObject({
      data: { type: 'mention', chat_id: '7' },
      apns: { payload: { aps: { alert: { title: 'Confab', body: 'New message' } } } },
    });
    expect(message).not.toHaveProperty('notification');
    expect(message).not.toHaveProperty('android.notification');
    expect(JSON.stringify(message)).not.toContain('Sam');
  });

  test('gets long texts shortened', async () => {
    const token = newToken();
    const user = await world.phone(token);
    await world.send(user, { title: '🦊'.repeat(1000), body: '👨‍👩‍👧‍👦'.repeat(600) });
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    expect(taken(token)[0]?.notification?.body).toMatch(/^(👨‍👩‍👧‍👦)+…$/u);
    expect(world.google.complaints).toEqual([]);
  });

  test('is told of every device of the user, and of nobody else', async () => {
    const [first, second, others] = [newToken(), newToken(), newToken()];
    const phone = await world.phone(first);
    await world.phone(others);
    await registerPhone(await phone.signIn(), second, 'ios');
    await world.send(phone);
    expect(await world.outcomes(phone, 2)).toEqual([DELIVERED, DELIVERED]);
    expect([first, second, others].map((token) => taken(token).length)).toEqual([1, 1, 0]);
  });

  test('is signed in at with one access token until it ends', async () => {
    const user = await world.phone(newToken());
    await world.send(user);
    await world.outcomes(user, 1);
    const before = world.google.tokenCount;
    for (let i = 0; i < 3; i++) await world.send(user, { chatId: 100 + i });
    await world.outcomes(user, 4);
    expect(world.google.tokenCount).toBe(before);
    const other = await world.phone(newToken());
    world.clock.leap(3_600_000);
    await Promise.all([world.send(user), world.send(other)]);
    expect(await world.outcomes(user, 5)).toEqual(Array(5).fill(DELIVERED));
    expect(await world.outcomes(other, 1)).toEqual([DELIVERED]);
    expect(world.google.tokenCount).toBe(before + 1);
  });

  test('an access token that was revoked is replaced at once', async () => {
    const user = await world.phone(newToken());
    await world.send(user);
    await world.outcomes(user, 1);
    const before = world.google.tokenCount;
    world.google.revokeTokens();
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([DELIVERED, DELIVERED]);
    expect(world.google.tokenCount).toBe(before + 1);
  });

  test('a refusal of the new access token too ends the attempt', async () => {
    const user = await world.phone(newToken());
    const before = world.google.tokenCount;
    const unauthenticated = fault(FCM_ANSWERS.unauthenticated);
    world.google.failSends(unauthenticated, unauthenticated);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([
      "refused: Firebase refuses the service account's access token.",
    ]);
    expect(world.google.tokenCount).toBe(before + 1);
  });

  test.each([
    ['unregistered', 'device removed: The app was removed from this device.'],
    ['badToken', 'device removed: Firebase knows no such token.'],
  ] as const)('%s removes exactly this token', async (answer, outcome) => {
    const [token, kept] = [newToken(), newToken()];
    const user = await world.phone(token);
    world.google.failSends(fault(FCM_ANSWERS[answer]));
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([outcome]);
    expect(await tokenOf(user)).toBeNull();
    await registerPhone(user, kept);
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([outcome, DELIVERED]);
    expect(await tokenOf(user)).toBe(kept);
  });

  test('a token that was replaced meanwhile is not what is removed', async () => {
    const [old, replaced] = [newToken(), newToken()];
    const user = await world.phone(old);
    const { items } = await user.must<{ items: { id: number }[] }>('GET', '/api/auth/sessions');
    await registerPhone(user, replaced);
    world.google.unregister(old);
    const signedIn = { userId: user.id, sessionId: items[0]?.id ?? 0 };
    const device = { kind: 'firebase', ...signedIn, token: old, platform: null } as const;
    const delivery = await world.server.services.push.deliver(device, NOTIFICATION);
    expect(delivery.kind).toBe('gone');
    expect(await tokenOf(user)).toBe(replaced);
  });

  test('the others of a user whose one device is gone are told', async () => {
    const [gone, kept] = [newToken(), newToken()];
    const user = await world.phone(gone);
    await registerPhone(await user.signIn(), kept);
    world.google.unregister(gone);
    await world.send(user);
    await world.outcomes(user, 2);
    expect(await tokenOf(user)).toBe(kept);
    expect(taken(kept)).toHaveLength(1);
  });

  const REFUSALS: [string, Fault, string][] = [
    ['badMessage', fault(FCM_ANSWERS.badMessage), 'Firebase does not accept the notification.'],
    [
      'otherProject',
      fault(FCM_ANSWERS.otherProject),
      "The app's token belongs to another Firebase project than this server's.",
    ],
    [
      'noApnsKey',
      fault(FCM_ANSWERS.noApnsKey),
      "Firebase cannot reach Apple's push service: the project lacks a valid APNs key.",
    ],
    [
      'a page of a proxy in place of 404',
      { kind: 'answer', status: 404, body: '<html>Nothing here' },
      'Firebase refused it, with status 404.',
    ],
    [
      'a redirect',
      { kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'Firebase refused it, with status 302.',
    ],
  ];
  test.each(REFUSALS)('%s is not tried again, and the token stays', async (_, answer, why) => {
    const token = newToken();
    const user = await world.phone(token);
    world.google.failSends(answer);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([`refused: ${why}`]);
    expect(await tokenOf(user)).toBe(token);
  });

  const TROUBLE: [string, Fault, number][] = [
    ['500', fault(FCM_ANSWERS.internal), 0],
    ['503 with Retry-After', fault(json(503, {}), { 'retry-after': '45' }), 45_000],
    ['429 with Retry-After', fault(json(429, {}), { 'retry-after': '120' }), 120_000],
    ['429 without', fault(json(429, {})), 60_000],
    ['an answer that is no JSON', { kind: 'answer', status: 200, body: '{"na' }, 0],
    ['an answer of another shape', fault(json(200, [])), 0],
    ['a reset', { kind: 'reset' }, 0],
  ];
  test.each(TROUBLE)('after %s it is tried again, in time', async (_, trouble, wait) => {
    const token = newToken();
    const user = await world.phone(token);
    world.google.failSends(trouble);
    await world.send(user);
    await world.pass(wait + FIRST_RETRY_MS);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    expect(taken(token)).toHaveLength(1);
  });

  test('after no answer within ten seconds it is tried again', async () => {
    const user = await world.phone(newToken());
    const before = world.google.sendCount;
    world.google.failSends({ kind: 'hang' });
    await world.send(user);
    await world.google.sendsCounted(before + 1);
    await world.pass(TIMEOUT_MS);
    await world.pass(FIRST_RETRY_MS);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
  });

  const GOOGLE_TROUBLE: [string, Fault][] = [
    ['500', fault(json(500, {}))],
    ['a reset', { kind: 'reset' }],
    ['no JSON', { kind: 'answer', status: 200, body: 'hello' }],
    ['no token', fault(json(200, { expires_in: 3599 }))],
  ];
  test.each(GOOGLE_TROUBLE)('%s of the OAuth endpoint is tried again', async (_, trouble) => {
    const user = await world.phone(newToken());
    world.clock.leap(3_600_000);
    world.google.failTokens(trouble);
    await world.send(user);
    await world.pass(FIRST_RETRY_MS);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
  });

  test('a service account that Google refuses is told', async () => {
    const user = await world.phone(newToken());
    world.clock.leap(3_600_000);
    world.google.failTokens(fault(json(400, { error: 'invalid_grant' })));
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([
      'refused: Google refuses the service account. See its key, and the clock of this server.',
    ]);
  });

  test('it gives up after ten attempts', async () => {
    const user = await world.phone(newToken());
    world.google.failSends(...Array(10).fill(fault(FCM_ANSWERS.internal)));
    await world.send(user);
    for (let i = 0; i < 9; i++) await world.pass(Math.min(225_000, FIRST_RETRY_MS * 2 ** i));
    expect(await world.outcomes(user, 1)).toEqual(['given up: Firebase is out of order.']);
  });

  test('a device that signs out between two attempts is told nothing more', async () => {
    const token = newToken();
    const user = await world.phone(token);
    const laptop = await user.signIn();
    const before = world.google.sendCount;
    world.google.failSends({ kind: 'reset' });
    await world.send(user);
    await world.google.sendsCounted(before + 1);
    await user.must('POST', '/api/auth/logout');
    await world.pass(FIRST_RETRY_MS);
    expect(await world.outcomes(laptop, 1)).toEqual([
      'device removed: The device signed out meanwhile.',
    ]);
    expect(taken(token)).toEqual([]);
  });

  test('a token that another account registered tells of that account alone', async () => {
    const token = newToken();
    const first = await world.phone(token);
    const second = await world.phone(token);
    await world.send(first, { title: 'For the first' });
    expect(await world.outcomes(first, 1)).toEqual(['not sent: no device registered']);
    await world.send(second, { title: 'For the second' });
    await world.outcomes(second, 1);
    expect(taken(token).map(({ notification }) => notification?.title)).toEqual(['For the second']);
  });
});

test.each(DIALECTS)(
  'nothing is pushed of what was deleted or read meanwhile, on %s',
  async (dialect) => {
    const world = await PushWorld.start(dialect, {}, {}, false);
    const token = `token:${'B'.repeat(140)}`;
    const pat = await world.phone(token);
    const ann = await world.server.user('ann');
    const chat = await ann.must<{ id: number }>('POST', '/api/chats/direct', { user_id: pat.id });
    for (const end of ['delete', 'read'] as const) {
      world.google.failSends(fault(FCM_ANSWERS.internal));
      const message = await ann.send(chat.id, `a secret to ${end}`);
      await eventually(() => {
        if (world.clock.dueIn().includes(FIRST_RETRY_MS)) return true;
        world.clock.advance(10);
        return false;
      }, 'a first attempt');
      if (end === 'delete') await ann.must('DELETE', `/api/messages/${message.id}`);
      else await pat.must('POST', `/api/messages/${message.id}/read`);
      world.clock.advance(FIRST_RETRY_MS);
      const outcomes = await world.outcomes(pat, end === 'delete' ? 1 : 2);
      expect(outcomes.at(-1)).toBe('not sent: it was read or deleted meanwhile');
    }
    expect(world.google.messages).toEqual([]);
    await world.stop();
  },
);
