import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { PushTester } from './tester';
import type { WebPushSubscriptions } from './web-push/subscriptions';

export function pushRoutes(
  router: Router,
  subscriptions: WebPushSubscriptions,
  tester: PushTester,
): void {
  router.on(ENDPOINTS.vapidPublicKey, () => subscriptions.publicKey());
  router.on(ENDPOINTS.subscribeWebPush, ({ caller, body }) =>
    subscriptions.subscribe(caller, body),
  );
  router.on(ENDPOINTS.unsubscribeWebPush, ({ caller, body }) =>
    subscriptions.unsubscribe(caller, body),
  );
  router.on(ENDPOINTS.testPush, ({ caller }) => tester.test(caller));
}
