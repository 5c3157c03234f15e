import { afterAll, beforeAll, expect, test } from 'bun:test';
import { ManualClock } from '../../../testing/manual-clock';
import { FakePushService } from '../../../testing/push/fake-push-service';
import { NOTIFICATION } from '../../../testing/push/push-world';
import type { WebPushDevice } from '../provider';
import { WebPushProvider } from './provider';
import { type Target, Targets } from './targets';
import { makeVapidKeys, Vapid } from './vapid';

const clock = new ManualClock();
let service: FakePushService;
beforeAll(async () => {
  service = await FakePushService.start(clock.now);
});
afterAll(() => service.stop());

/** Names that lead where a test wants. */
class Misled extends Targets {
  readonly #urls: (endpoint: string) => string[];

  constructor(urls: (endpoint: string) => string[]) {
    super(true, async () => [], clock);
    this.#urls = urls;
  }

  override async locate(endpoint: string): Promise<Target> {
    return { kind: 'target', urls: this.#urls(endpoint), serverName: undefined };
  }
}

async function sent(urls: (endpoint: string) => string[]) {
  const keys = await makeVapidKeys();
  const subscription = service.subscribe(keys.publicKey);
  const { endpoint } = subscription;
  const device: WebPushDevice = {
    kind: 'web_push',
    userId: 1,
    sessionId: 1,
    endpoint,
    ...subscription.keys,
  };
  const subject = 'https://chat.example.org';
  const vapid = new Vapid({ keys: async () => keys, subject, now: clock.now });
  const provider = new WebPushProvider({ clock, vapid, targets: new Misled(urls) });
  return provider.send(device, NOTIFICATION);
}

test('an address that cannot be reached is followed by the other', async () => {
  const delivery = await sent((endpoint) => ['http://127.0.0.1:1/', endpoint]);
  expect(delivery.kind).toBe('delivered');
  expect(service.messages).toHaveLength(1);
});

test('an address that answered is not', async () => {
  service.failSends({ kind: 'answer', status: 503 });
  const before = service.sendCount;
  expect((await sent((endpoint) => [endpoint, endpoint])).kind).toBe('try_again');
  expect(service.sendCount).toBe(before + 1);
});

test('none that can be reached is told', async () => {
  expect(await sent(() => ['http://127.0.0.1:1/', 'http://[::1]:1/'])).toEqual({
    kind: 'try_again',
    why: 'The push service could not be reached.',
  });
});
