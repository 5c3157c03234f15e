import { session } from '../../state/session';
import type { UserId } from '../../state/types';
import { presenceWords } from '../conversation/presence-text';

/** Whether somebody is there, or when they were, as far as they show it. Follows signals. */
export function memberPresence(userId: UserId): string {
  const presence = session.presence(userId);
  return presence ? presenceWords(presence.status === 'online', presence.last_seen) : '';
}
