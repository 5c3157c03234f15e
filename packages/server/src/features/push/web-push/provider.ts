import type { Clock } from '../../../lib/clock';
import { collapseKey, KEPT_S } from '../content';
import { Outbound } from '../outbound';
import type { Delivery, PushNotification, PushProvider, WebPushDevice } from '../provider';
import { readPushAnswer } from './answer';
import { encrypted } from './encryption';
import { webPushMessage } from './message';
import type { Targets } from './targets';
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
    const posted = await this.#outbound.post({
      url: target.url,
      serverName: target.serverName,
      headers: await this.#headers(device, notification),
      body: encrypted(device, webPushMessage(notification)),
    });
    return readPushAnswer(posted);
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
