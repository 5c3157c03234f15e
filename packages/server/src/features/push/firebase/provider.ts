import type { FirebaseCredentials } from '../../../config/firebase';
import type { Clock } from '../../../lib/clock';
import { Outbound } from '../outbound';
import type { Delivery, FirebaseDevice, PushNotification, PushProvider } from '../provider';
import { AccessToken } from './access-token';
import { type FcmAnswer, readFcmAnswer } from './answer';
import { fcmMessage } from './message';

export const FCM_URL = 'https://fcm.googleapis.com';

export interface FirebaseDeps {
  credentials: FirebaseCredentials;
  clock: Clock;
  /** Where FCM answers. */
  url: string;
}

/** Firebase Cloud Messaging, HTTP v1. */
export class FirebaseProvider implements PushProvider<FirebaseDevice> {
  readonly #deps: FirebaseDeps;
  readonly #outbound: Outbound;
  readonly #token: AccessToken;

  constructor(deps: FirebaseDeps) {
    this.#deps = deps;
    this.#outbound = new Outbound(deps.clock);
    const { credentials, clock } = deps;
    this.#token = new AccessToken({ credentials, outbound: this.#outbound, now: clock.now });
  }

  async send(device: FirebaseDevice, notification: PushNotification): Promise<Delivery> {
    const first = await this.#attempt(device, notification);
    if (first.kind !== 'token_refused') return first;
    const second = await this.#attempt(device, notification);
    if (second.kind !== 'token_refused') return second;
    return { kind: 'refused', why: "Firebase refuses the service account's access token." };
  }

  /** Forgets an access token that FCM refuses, so that the next attempt gets another. */
  async #attempt(device: FirebaseDevice, notification: PushNotification): Promise<FcmAnswer> {
    const access = await this.#token.get();
    if ('failure' in access) return access.failure;
    const { credentials, clock, url } = this.#deps;
    const message = { token: device.token, ...fcmMessage(notification, clock.now()) };
    const posted = await this.#outbound.post({
      url: `${url}/v1/projects/${credentials.projectId}/messages:send`,
      headers: {
        authorization: `Bearer ${access.token}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify({ message }),
    });
    const answer = readFcmAnswer(posted);
    if (answer.kind === 'token_refused') this.#token.forget(access.token);
    return answer;
  }

  async close(): Promise<void> {
    this.#outbound.close();
  }
}
