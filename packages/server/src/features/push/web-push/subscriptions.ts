import {
  invalidInput,
  type VapidPublicKey,
  type WebPushRemoval,
  type WebPushSubscription,
} from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import type { Committer } from '../../../storage/committer';
import { removeSubscription, saveSubscription } from '../writes';
import type { KeptVapidKeys } from './kept-keys';
import type { Targets } from './targets';

export interface SubscriptionDeps {
  keys: KeptVapidKeys;
  targets: Targets;
  committer: Committer;
  now: () => number;
  /** @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
}

/** Browsers that want to be notified: one per session. */
export class WebPushSubscriptions {
  readonly #deps: SubscriptionDeps;

  constructor(deps: SubscriptionDeps) {
    this.#deps = deps;
  }

  async publicKey(): Promise<VapidPublicKey> {
    return { public_key: (await this.#deps.keys.get()).publicKey };
  }

  async subscribe({ userId, sessionId }: Caller, body: WebPushSubscription): Promise<void> {
    const { committer, now, limit } = this.#deps;
    limit(userId);
    const { endpoint, keys } = body;
    await this.#checkEndpoint(endpoint);
    await checkKeys(keys);
    const subscription = { sessionId, endpoint, ...keys, at: now() };
    await committer.submit(saveSubscription, subscription, userId);
  }

  /** A name that is unknown for the moment is taken; it is looked at again before each message. */
  async #checkEndpoint(endpoint: string): Promise<void> {
    const { targets } = this.#deps;
    const fault = targets.fault(endpoint);
    if (fault !== undefined) throw invalid('endpoint', fault);
    const target = await targets.locate(endpoint);
    if (target.kind === 'forbidden') throw invalid('endpoint', 'must be on the public internet');
  }

  async unsubscribe({ userId, sessionId }: Caller, { endpoint }: WebPushRemoval): Promise<void> {
    const { committer, limit } = this.#deps;
    limit(userId);
    const which = endpoint === undefined ? { userId, sessionId } : { userId, endpoint };
    await committer.submit(removeSubscription, which, userId);
  }
}

async function checkKeys({ p256dh, auth }: WebPushSubscription['keys']): Promise<void> {
  if (Buffer.from(auth, 'base64url').length !== 16) {
    throw invalid('keys.auth', 'must be 16 bytes in base64url');
  }
  const point = Buffer.from(p256dh, 'base64url');
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  await crypto.subtle.importKey('raw', point, algorithm, false, []).catch(() => {
    throw invalid('keys.p256dh', 'must be a point of P-256, uncompressed, in base64url');
  });
}

const invalid = (path: string, message: string) => invalidInput('The body', [{ path, message }]);
