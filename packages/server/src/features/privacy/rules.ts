import type { Audience } from '@confab/protocol';
import type { ShownTo } from '../../realtime/bus';

/** What a user shows who has said nothing of it. */
export const OPEN: ShownTo = { lastSeen: 'everyone', readReceipts: 'everyone' };

export const isOpen = ({ lastSeen, readReceipts }: ShownTo) =>
  lastSeen === 'everyone' && readReceipts === 'everyone';

/**
 * Whether two users show something to each other. Who hides it from somebody does not see it of
 * them either, so the answer is the same for both.
 */
export function isShared(one: Audience, other: Audience, areContacts: () => boolean): boolean {
  if (one === 'nobody' || other === 'nobody') return false;
  return (one === 'everyone' && other === 'everyone') || areContacts();
}

/**
 * Whether a member's setting lets a chat's messages be called read. That is said of every member at
 * once and to all of them, so in a group it takes members who show it to everyone. The two of a
 * direct chat are contacts.
 */
export function letsBeRead(chatType: 'direct' | 'group', shownTo: Audience): boolean {
  return shownTo === 'everyone' || (shownTo === 'contacts' && chatType === 'direct');
}
