import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Confirm } from '../../ui/dialog';
import { nameIn } from '../conversation/people';
import { leaveGroup } from './chat-actions';
import { heirOf } from './rights';
import { useMembers } from './use-members';

/** Asks before a group is left; an owner is told what becomes of it. */
export function LeaveDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  return (
    <Confirm
      title={t('chats.leaveTitle', { name: chatName(chat) })}
      text={useConsequence(chat)}
      action={t('chats.leave')}
      onConfirm={() => void leaveGroup(chat)}
      onClose={onClose}
    />
  );
}

function useConsequence(chat: Chat): string {
  const { members, isComplete, loadAll } = useMembers(chat);
  const isOwner = chat.my_role === 'owner';
  useEffect(() => {
    // Should it fail, the words stay general.
    if (isOwner) loadAll().catch(() => {});
  }, [isOwner]);
  if (!isOwner) return t('chats.leaveText');
  if (chat.member_count === 1) return t('chats.leaveLast');
  const heir = isComplete ? heirOf(members, session.client.userId) : undefined;
  if (!heir) return t('chats.leaveOwnerUnknown');
  return t('chats.leaveOwner', { name: nameIn(chat.id, heir.user_id) });
}
