import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { VapidPublicKey } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import type { Fault } from '../../testing/push/faulty-server';
import { FIRST_RETRY_MS, PushWorld } from '../../testing/push/push-world';
import type { TestUser } from '../../testing/user';

const PATH = '/api/notifications/web-push';
const DELIVERED = 'delivered: The push service took it.';
const NONE = 'not sent: no device registered';
const GONE = 'device removed: The browser ended its subscription.';

describe.each(DIALECTS)('Web Push on %s', (dialect) => {
  let world: PushWorld;
  beforeAll(async () => {
    world = await PushWorld.start(dialect);
  });
  afterAll(async () => {
    await world.stop();
    expect(world.pushService.complaints).toEqual([]);
  });

  const publicKey = async (user: TestUser) =>
    VapidPublicKey.parse(await user.must('GET', '/api/notifications/vapid-public-key')).public_key;
  const reached = ({ endpoint }: { endpoint: string }) =>
    world.pushService.messages.filter(({ path }) => endpoint.endsWith(path));
  async function subscribed() {
    const user = await world.server.user('web');
    return { user, browser: await world.browser(user) };
  }

  test('the server has one key, for ever', async () => {
    const user = await world.server.user('web');
    const keys = await Promise.all(Array.from({ length: 5 }, () => publicKey(user)));
    await world.server.restart();
    keys.push(await publicKey(user));
    expect(new Set(keys).size).toBe(1);
    const point = Buffer.from(keys[0] ?? '', 'base64url');
    expect([point.length, point[0]]).toEqual([65, 4]);
  });

  test('reaches the browser encrypted and signed', async () => {
    const { user, browser } = await subscribed();
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    const [message] = reached(browser);
    expect(message?.content).toEqual({
      title: 'Alice',
      body: 'Lunch?',
      tag: 'chat-7',
      data: {
        notification_id: '31',
        type: 'message',
        chat_id: '7',
        message_id: '123',
        badge: '4',
      },
    });
    expect(message?.headers).toMatchObject({ topic: 'chat-7', urgency: 'high', ttl: '86400' });
    expect(world.pushService.complaints).toEqual([]);
  });

  test('is signed with one token for hours, and then with another', async () => {
    const { user, browser } = await subscribed();
    const signatures = async () => {
      const before = reached(browser).length;
      await world.send(user);
      await world.outcomes(user, before + 1);
      return reached(browser).at(-1)?.headers.authorization;
    };
    const first = await signatures();
    expect(await signatures()).toBe(first);
    world.clock.leap(12 * 3_600_000);
    expect(await signatures()).not.toBe(first);
    expect(world.pushService.complaints).toEqual([]);
  });

  test('tells nothing of an encrypted chat but that there is something', async () => {
    const { user, browser } = await subscribed();
    await world.send(user, { title: 'Secretive Sam', body: '' });
    await world.outcomes(user, 1);
    const [message] = reached(browser);
    expect(Object.keys(message?.content ?? {})).toEqual(['tag', 'data']);
    expect(JSON.stringify(message?.content)).not.toContain('Sam');
  });

  test('shortens long texts to what a push service takes', async () => {
    const { user, browser } = await subscribed();
    await world.send(user, { body: '漢'.repeat(5000) });
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    expect(reached(browser)[0]?.content.body).toMatch(/^漢+…$/);
  });

  test('another subscription of the session takes the place of the first', async () => {
    const { user, browser } = await subscribed();
    const second = await world.browser(user);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    expect([reached(browser).length, reached(second).length]).toEqual([0, 1]);
  });

  test('every session has one of its own', async () => {
    const { user, browser } = await subscribed();
    const second = await world.browser(await user.signIn());
    await world.send(user);
    await world.outcomes(user, 2);
    expect([reached(browser).length, reached(second).length]).toEqual([1, 1]);
  });

  test('a browser in which another account signs in is told of that account alone', async () => {
    const { user, browser } = await subscribed();
    const other = await world.server.user('web');
    await other.must('POST', PATH, browser);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([NONE]);
    await world.send(other);
    expect(await world.outcomes(other, 1)).toEqual([DELIVERED]);
    expect(reached(browser)).toHaveLength(1);
  });

  test('ends with its session', async () => {
    const { user, browser } = await subscribed();
    const laptop = await user.signIn();
    await user.must('POST', '/api/auth/logout');
    await world.send(laptop);
    expect(await world.outcomes(laptop, 1)).toEqual([NONE]);
    expect(reached(browser)).toEqual([]);
  });

  test('ends when it is removed, once or twice', async () => {
    const { user } = await subscribed();
    for (let i = 0; i < 2; i++) expect((await user.call('DELETE', PATH)).status).toBe(204);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([NONE]);
  });

  test('another session of the user removes it by its endpoint, nobody else does', async () => {
    const { user, browser } = await subscribed();
    const { endpoint } = browser;
    const stranger = await world.server.user('web');
    expect((await stranger.call('DELETE', PATH, { endpoint })).status).toBe(204);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    const laptop = await user.signIn();
    await laptop.must('DELETE', PATH);
    await laptop.must('DELETE', PATH, { endpoint });
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([DELIVERED, NONE]);
  });

  test('a browser that unsubscribed is forgotten', async () => {
    const { user, browser } = await subscribed();
    world.pushService.unsubscribe(browser);
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([GONE]);
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([GONE, NONE]);
  });

  test('404 removes it too', async () => {
    const { user } = await subscribed();
    world.pushService.failSends({ kind: 'answer', status: 404 });
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([GONE]);
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([GONE, NONE]);
  });

  test.each([
    [403, "refused: The push service does not accept this server's signature."],
    [400, 'refused: The push service refused it, with status 400.'],
    [413, 'refused: The push service refused it, with status 413.'],
    [301, 'refused: The push service refused it, with status 301.'],
  ])('%d is not tried again, and the subscription stays', async (status, why) => {
    const { user } = await subscribed();
    const headers = { location: 'http://127.0.0.1:1/' };
    world.pushService.failSends({ kind: 'answer', status, headers, body: 'internal words' });
    await world.send(user);
    const [outcome] = await world.outcomes(user, 1);
    expect(outcome).toStartWith(why);
    expect(outcome).not.toContain('internal words');
    await world.send(user);
    expect((await world.outcomes(user, 2))[1]).toBe(DELIVERED);
  });

  const TROUBLE: [string, Fault, number][] = [
    ['500', { kind: 'answer', status: 500 }, 0],
    ['503', { kind: 'answer', status: 503, headers: { 'retry-after': '30' } }, 30_000],
    ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '90' } }, 90_000],
    ['a reset', { kind: 'reset' }, 0],
  ];
  test.each(TROUBLE)('after %s it is tried again, in time', async (_, trouble, wait) => {
    const { user } = await subscribed();
    world.pushService.failSends(trouble);
    await world.send(user);
    await world.pass(wait + FIRST_RETRY_MS);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
  });

  test('after no answer within ten seconds it is tried again', async () => {
    const { user } = await subscribed();
    const before = world.pushService.sendCount;
    world.pushService.failSends({ kind: 'hang' });
    await world.send(user);
    await world.pushService.sendsCounted(before + 1);
    await world.pass(10_000);
    await world.pass(FIRST_RETRY_MS);
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
  });

  describe('refuses a subscription', () => {
    let user: TestUser;
    let good: { endpoint: string; keys: { p256dh: string; auth: string } };
    beforeAll(async () => {
      user = await world.server.user('web');
      good = world.pushService.subscribe(await publicKey(user));
    });

    const offCurve = Buffer.alloc(65, 7);
    offCurve[0] = 4;
    const bad: [string, (body: typeof good) => unknown, string][] = [
      ['without an endpoint', ({ keys }) => ({ keys }), 'endpoint'],
      ['without keys', ({ endpoint }) => ({ endpoint }), 'keys'],
      [
        'of plain http elsewhere',
        (b) => ({ ...b, endpoint: 'http://push.example.net/' }),
        'endpoint',
      ],
      ['of another scheme', (b) => ({ ...b, endpoint: 'file:///etc/passwd' }), 'endpoint'],
      ['with a password', (b) => ({ ...b, endpoint: 'https://a:b@push.example.net/' }), 'endpoint'],
      ['that is no URL', (b) => ({ ...b, endpoint: 'push' }), 'endpoint'],
      [
        'of endless length',
        (b) => ({ ...b, endpoint: `https://push.example.net/${'x'.repeat(2048)}` }),
        'endpoint',
      ],
      [
        'with a point off the curve',
        (b) => ({ ...b, keys: { ...b.keys, p256dh: offCurve.toString('base64url') } }),
        'keys.p256dh',
      ],
      ['with a short key', (b) => ({ ...b, keys: { ...b.keys, p256dh: 'BA' } }), 'keys.p256dh'],
      [
        'with a key that is no base64url',
        (b) => ({ ...b, keys: { ...b.keys, p256dh: '!'.repeat(87) } }),
        'keys.p256dh',
      ],
      [
        'with a secret of 17 bytes',
        (b) => ({ ...b, keys: { ...b.keys, auth: 'A'.repeat(23) } }),
        'keys.auth',
      ],
      ['with a short secret', (b) => ({ ...b, keys: { ...b.keys, auth: 'AA' } }), 'keys.auth'],
      ['with a number for a secret', (b) => ({ ...b, keys: { ...b.keys, auth: 1 } }), 'keys.auth'],
    ];
    test.each(bad)('%s', async (_, change, field) => {
      const answer = await user.call('POST', PATH, change(good));
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
      expect(answer.body.errors).toMatchObject([{ path: field }]);
    });

    test('of somebody without a token', async () => {
      const response = await fetch(world.server.url + PATH, { method: 'POST', body: '{}' });
      expect(response.status).toBe(401);
    });
  });
});

describe('on a server that is not one of tests', () => {
  let world: PushWorld;
  const names: Record<string, string[]> = {
    'push.example.net': ['192.168.0.9'],
    'turning.example.net': ['1.1.1.1'],
  };
  beforeAll(async () => {
    const resolve = async (name: string) => names[name] ?? Promise.reject(new Error('ENOTFOUND'));
    world = await PushWorld.start('sqlite', {}, { resolve, allowsThisMachine: false });
  });
  afterAll(() => world.stop());

  async function subscribe(endpoint: string) {
    const user = await world.server.user('web');
    const { keys } = world.pushService.subscribe('');
    return { user, answer: await user.call('POST', PATH, { endpoint, keys }) };
  }

  test.each([
    'https://push.example.net/send/a',
    'https://localhost/',
    'http://localhost:9000/',
    'https://127.0.0.1:8443/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'http://127.0.0.1/',
    'http://push.example.net/',
  ])('%s is refused', async (endpoint) => {
    names.localhost = ['127.0.0.1'];
    const { answer } = await subscribe(endpoint);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'endpoint' }] } });
  });

  test('a name that turns to a private address later is not posted to', async () => {
    const { user, answer } = await subscribe('https://turning.example.net/send/a');
    expect(answer.status).toBe(204);
    names['turning.example.net'] = ['127.0.0.1'];
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([
      'refused: The push service is not on the public internet.',
    ]);
  });

  test('a name that is not known for the moment is tried again', async () => {
    const { user, answer } = await subscribe('https://later.example.net/send/a');
    expect(answer.status).toBe(204);
    await world.send(user);
    await world.planned(FIRST_RETRY_MS);
    names['later.example.net'] = ['10.0.0.1'];
    await world.pass(FIRST_RETRY_MS);
    expect((await world.outcomes(user, 1))[0]).toStartWith('refused');
  });
});
