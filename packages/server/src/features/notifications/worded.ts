import type { Worded } from '../push';
import { pushOf } from './present';
import type { NotificationRepository } from './repository';

/** What is pushed is said as things are at that moment: nothing of what was read or deleted. */
export function wordedNow(notifications: Pick<NotificationRepository, 'byIds'>): Worded {
  return async (userId, { notificationId, badge }) => {
    const [row] = await notifications.byIds([notificationId]);
    const isGone = row?.type === 'message' && (row.is_deleted === 1 || row.content_type === null);
    if (row?.user_id !== userId || row.is_read === 1 || isGone) return undefined;
    return pushOf(row, badge);
  };
}
