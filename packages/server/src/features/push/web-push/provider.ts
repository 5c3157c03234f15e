import type { Clock } from '../../../lib/clock';
import { collapseKey, KEPT_S } from '../content';
import { Outbound, type Posted } from '../outbound';
import type { Delivery, PushNotification, PushProvider, WebPushDevice } from '../provider';
import { readPushAnswer } from './answer';
import { encrypted } from './encryption';
import { webPushMessage } from './message';
import type { Target, Targets } from './targets';
import type { Vapid } from './vapid';

export interface WebPushDeps {
  clock: Clock;
  vapid: Vapid;
  targets: Targets;
}

/** Web Push: RFC 8030, encrypted by RFC 8291, signed in by RFC 8292. */
export class WebPushProvider implements PushProvider<WebPushDevice> {
  readonly #deps: WebPushDeps;
  readonly #outbound: Outbound;

  constructor(deps: WebPushDeps) {
    this.#deps = deps;
    this.#outbound = new Outbound(deps.clock);
  }

  async send(device: WebPushDevice, notification: PushNotification): Promise<Delivery> {
    const target = await this.#deps.targets.locate(device.endpoint);
    if (target.kind === 'forbidden') {
      return { kind: 'refused', why: 'The push service is not on the public internet.' };
    }
    if (target.kind === 'unknown') {
      return { kind: 'try_again', why: "The push service's name could not be resolved." };
    }
    return readPushAnswer(await this.#post(device, notification, target));
  }

  async #post(
    device: WebPushDevice,
    notification: PushNotification,
    { urls, serverName }: Extract<Target, { kind: 'target' }>,
  ): Promise<Posted> {
    const headers = await this.#headers(device, notification);
    const body = encrypted(device, webPushMessage(notification));
    let posted: Posted = { kind: 'unreachable' };
    for (const url of urls) {
      posted = await this.#outbound.post({ url, serverName, headers, body });
      if (posted.kind !== 'unreachable') break;
    }
    return posted;
  }

  async #headers(device: WebPushDevice, notification: PushNotification) {
    return {
      host: new URL(device.endpoint).host,
      authorization: await this.#deps.vapid.authorization(device.endpoint),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(KEPT_S),
      urgency: 'high',
      topic: collapseKey(notification),
    };
  }

  async close(): Promise<void> {
    this.#outbound.close();
  }
}
