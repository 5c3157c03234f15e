import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { NotificationService } from './service';

export function notificationRoutes(router: Router, notifications: NotificationService): void {
  router.on(ENDPOINTS.listNotifications, ({ caller, query }) =>
    notifications.list(caller.userId, query),
  );
  router.on(ENDPOINTS.listMentions, ({ caller, query }) =>
    notifications.mentions(caller.userId, query),
  );
  router.on(ENDPOINTS.notificationCount, ({ caller }) => notifications.count(caller.userId));
  router.on(ENDPOINTS.readNotification, ({ caller, params }) =>
    notifications.read(caller.userId, params.notification_id),
  );
  router.on(ENDPOINTS.readMention, ({ caller, params }) =>
    notifications.readMention(caller.userId, params.mention_id),
  );
  router.on(ENDPOINTS.readAllNotifications, ({ caller }) => notifications.readAll(caller.userId));
  router.on(ENDPOINTS.getNotificationSettings, ({ caller }) =>
    notifications.settings(caller.userId),
  );
  router.on(ENDPOINTS.setNotificationSettings, ({ caller, body }) =>
    notifications.setSettings(caller.userId, body),
  );
}
