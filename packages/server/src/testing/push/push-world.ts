import type { PushRecord } from '@confab/protocol';
import type { PushOptions } from '../../app/compose-push';
import type { PushNotification, Unworded, Worded } from '../../features/push';
import type { Dialect } from '../../storage/schema';
import { ManualClock } from '../manual-clock';
import { TestServer } from '../server';
import type { TestUser } from '../user';
import { eventually } from '../waiting';
import { FakeGoogle } from './fake-google';
import { FakePushService, type SubscriptionJson } from './fake-push-service';

/** The wait before the first retry, with the chance that this world has. */
export const FIRST_RETRY_MS = 750;

/** What this world's notifications say, which no notification history knows. */
class Words {
  readonly #sent: PushNotification[] = [];

  keep(notification: PushNotification) {
    this.#sent.push(notification);
  }

  of({ notificationId, type, chatId }: Unworded): PushNotification | undefined {
    return this.#sent.findLast(
      (each) =>
        each.notificationId === notificationId && each.type === type && each.chatId === chatId,
    );
  }
}

/** A server with Firebase and a push service that are not the real ones, and time turned by hand. */
export class PushWorld {
  readonly clock: ManualClock;
  readonly google: FakeGoogle;
  readonly pushService: FakePushService;
  readonly server: TestServer;
  readonly #words: Words;

  private constructor(
    clock: ManualClock,
    google: FakeGoogle,
    pushService: FakePushService,
    server: TestServer,
    words: Words,
  ) {
    this.clock = clock;
    this.google = google;
    this.pushService = pushService;
    this.server = server;
    this.#words = words;
  }

  static async start(
    dialect: Dialect,
    env: Record<string, string> = {},
    push: PushOptions = {},
    /** Whether notifications are made up, rather than those of the history. */
    madeUp = true,
  ): Promise<PushWorld> {
    const worded: Worded = async (_, notification) => words.of(notification);
    const clock = new ManualClock();
    const words = new Words();
    const google = await FakeGoogle.start(clock.now);
    const pushService = await FakePushService.start(clock.now);
    const server = await TestServer.start({
      dialect,
      clock,
      env: {
        FIREBASE_CREDENTIALS_JSON: google.credentials(),
        ACCESS_TOKEN_TTL_S: '2000000',
        RATE_LIMITS: 'off',
        ...env,
      },
      push: {
        fcmUrl: google.url,
        random: () => 0.5,
        allowsThisMachine: true,
        ...(madeUp && { worded }),
        ...push,
      },
    });
    return new PushWorld(clock, google, pushService, server, words);
  }

  /** A user signed in on one phone. */
  async phone(token: string, platform = 'android'): Promise<TestUser> {
    const user = await this.server.user('pat');
    await registerPhone(user, token, platform);
    return user;
  }

  /** Subscribes a user's browser. */
  async browser(user: TestUser): Promise<SubscriptionJson> {
    const path = '/api/notifications/vapid-public-key';
    const { public_key } = await user.must<{ public_key: string }>('GET', path);
    const subscription = this.pushService.subscribe(public_key);
    await user.must('POST', '/api/notifications/web-push', subscription);
    return subscription;
  }

  send(user: TestUser, changes: Partial<PushNotification> = {}): Promise<void> {
    const notification = { ...NOTIFICATION, ...changes };
    this.#words.keep(notification);
    return this.server.services.push.send(user.id, notification);
  }

  explain(user: TestUser): Promise<PushRecord[]> {
    return this.server.services.push.explain(user.id);
  }

  /** The user's log, once it has so many lines; the oldest first. */
  outcomes(user: TestUser, count: number): Promise<string[]> {
    return eventually(async () => {
      const records = await this.explain(user);
      return records.length >= count && records.map(({ outcome }) => outcome).reverse();
    }, `A log of ${count} lines`);
  }

  /** Waits until something is planned in so many milliseconds. */
  async planned(ms: number): Promise<void> {
    await eventually(() => this.clock.dueIn().includes(ms), `A timer in ${ms} ms`);
  }

  /** Waits until something is planned in so many milliseconds, and lets them pass. */
  async pass(ms: number): Promise<void> {
    await this.planned(ms);
    this.clock.advance(ms);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.google.stop();
    await this.pushService.stop();
  }
}

export const registerPhone = (user: TestUser, token: string, platform = 'android') =>
  user.must('POST', '/api/auth/device-token', { device_token: token, platform });

export const NOTIFICATION: PushNotification = {
  notificationId: 31,
  type: 'message',
  title: 'Alice',
  body: 'Lunch?',
  chatId: 7,
  messageId: 123,
  badge: 4,
};
