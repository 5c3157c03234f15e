import { endpoint } from '../endpoint';
import * as push from '../push';

export const pushEndpoints = {
  vapidPublicKey: endpoint({
    method: 'get',
    path: '/api/notifications/vapid-public-key',
    tag: 'Notifications',
    summary: "Get the server's public key, with which a browser subscribes to Web Push",
    auth: true,
    status: 200,
    response: push.VapidPublicKey,
    errors: [],
  }),
  subscribeWebPush: endpoint({
    method: 'post',
    path: '/api/notifications/web-push',
    tag: 'Notifications',
    summary: "Register this session's browser for Web Push",
    description:
      "Takes what the browser's `PushSubscription.toJSON()` gives. A session has one subscription: " +
      'another one replaces it. It ends with the session. A message is JSON: `title`, `body`, `tag` ' +
      '(messages of one chat have the same), and `data` with `notification_id`, `type`, `chat_id`, ' +
      '`message_id` and `badge` as texts. Of encrypted chats `title` and `body` are missing.',
    auth: true,
    body: push.WebPushSubscription,
    status: 204,
    errors: ['invalid', 'rate_limited'],
  }),
  unsubscribeWebPush: endpoint({
    method: 'delete',
    path: '/api/notifications/web-push',
    tag: 'Notifications',
    summary: 'Remove a Web Push subscription of the caller',
    auth: true,
    body: push.WebPushRemoval,
    status: 204,
    errors: ['invalid', 'rate_limited'],
  }),
  testPush: endpoint({
    method: 'post',
    path: '/api/notifications/test-push',
    tag: 'Notifications',
    summary: "Push a test to each of the caller's devices, and tell what became of it",
    auth: true,
    status: 200,
    response: push.PushTests,
    errors: ['rate_limited'],
  }),
} as const;
