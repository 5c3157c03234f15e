import type { Worded } from '../push';
import { pushOf } from './present';
import type { NotificationRepository } from './repository';

/** What is pushed is said as things are at that moment: nothing of what was read or deleted. */
export function wordedNow(notifications: Pick<NotificationRepository, 'byIds'>): Worded {
  return async (userId, { notificationId, badge }) => {
    const [row] = await notifications.byIds([notificationId]);
    if (row?.user_id !== userId || row.standing !== 'unread') return undefined;
    return pushOf(row, badge);
  };
}
