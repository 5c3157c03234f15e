import type { PushTest, PushTests, SessionId } from '@confab/protocol';
import type { Caller } from '../../http/contract';
import { isoOrNull } from '../../lib/clock';
import {
  type Delivery,
  isServed,
  notSetUp,
  type Providers,
  type PushNotification,
} from './provider';
import type { PushRepository, RegisteredDevice } from './repository';
import type { PushService } from './service';
import { addressOf } from './words';

const TEST: PushNotification = {
  notificationId: 0,
  type: 'message',
  title: 'Test',
  body: 'Notifications reach this device.',
  chatId: null,
  messageId: null,
  badge: 1,
};

export interface TesterDeps {
  push: PushService;
  repository: PushRepository;
  providers: Providers;
  now: () => number;
  /** @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
}

/** Shows users, hop by hop, how notifications reach their own devices. */
export class PushTester {
  readonly #deps: TesterDeps;

  constructor(deps: TesterDeps) {
    this.#deps = deps;
  }

  async test({ userId }: Caller): Promise<PushTests> {
    const { repository, push, limit, now } = this.#deps;
    limit(userId);
    const registered = await repository.devicesOf(userId, now());
    if (registered.length === 0) push.note(userId, null, 'test, but no device registered');
    const devices = await Promise.all(registered.map((each) => this.#tryOne(each)));
    return { detail: summary(devices), devices };
  }

  /** One attempt, without the queue: the caller waits for the answer. */
  async #tryOne(registered: RegisteredDevice): Promise<PushTest> {
    const { push, providers } = this.#deps;
    const { device } = registered;
    const isConfigured = isServed(providers, device.kind);
    const result = isConfigured ? await push.deliver(device, TEST) : notSetUp(device.kind);
    const outcome = isConfigured ? result.kind : 'not_sent';
    push.record(device, null, `test, ${OUTCOMES[outcome]}: ${result.why}`);
    return {
      session_id: device.sessionId as SessionId,
      kind: device.kind,
      device: registered.userAgent,
      address: addressOf(device),
      registered_at: isoOrNull(registered.registeredAt),
      provider_configured: isConfigured,
      sent: isConfigured,
      outcome,
      detail: result.why,
    };
  }
}

const OUTCOMES: Record<Delivery['kind'] | 'not_sent', string> = {
  delivered: 'delivered',
  gone: 'device removed',
  try_again: 'not delivered now',
  refused: 'refused',
  not_sent: 'not sent',
};

function summary(devices: readonly PushTest[]): string {
  const reached = devices.filter(({ outcome }) => outcome === 'delivered').length;
  return devices.length === 0
    ? 'No device of yours is registered for notifications.'
    : `${reached} of ${devices.length} devices ${reached === 1 ? 'was' : 'were'} reached.`;
}
