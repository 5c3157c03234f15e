import type { LucideIcon } from 'lucide-preact';
import { type TextKey, t } from '../../i18n';
import type { ChatId, UserId } from '../../state/types';
import { Confirm } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { Crown, Shield, User, UserMinus } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { memberChanges } from '../encryption/encrypted-chats';
import type { MemberAction } from './rights';

interface ActionTexts {
  readonly icon: LucideIcon;
  readonly name: TextKey;
  /** What the user is asked before it is done. */
  readonly title: TextKey;
  readonly text: TextKey;
}

const ACTIONS: Readonly<Record<MemberAction, ActionTexts>> = {
  make_admin: {
    icon: Shield,
    name: 'chats.makeAdmin',
    title: 'chats.makeAdminTitle',
    text: 'chats.makeAdminText',
  },
  make_member: {
    icon: User,
    name: 'chats.makeMember',
    title: 'chats.makeMemberTitle',
    text: 'chats.makeMemberText',
  },
  make_owner: {
    icon: Crown,
    name: 'chats.makeOwner',
    title: 'chats.makeOwnerTitle',
    text: 'chats.makeOwnerText',
  },
  remove: {
    icon: UserMinus,
    name: 'chats.removeMember',
    title: 'chats.removeMemberTitle',
    text: 'chats.removeMemberText',
  },
};

interface MemberMenuProps {
  at: { readonly x: number; readonly y: number };
  name: string;
  actions: readonly MemberAction[];
  onPick: (action: MemberAction) => void;
  onClose: () => void;
}

export function MemberMenu({ at, name, actions, onPick, onClose }: MemberMenuProps) {
  const entries = actions.map((action) => ({
    text: t(ACTIONS[action].name),
    icon: ACTIONS[action].icon,
    danger: action === 'remove',
    run: () => onPick(action),
  }));
  return <Menu at={at} label={name} entries={entries} onClose={onClose} />;
}

interface MemberDialogProps {
  chatId: ChatId;
  userId: UserId;
  name: string;
  action: MemberAction;
  onClose: () => void;
}

/** Asks before somebody is given other rights, or removed. */
export function MemberDialog({ chatId, userId, name, action, onClose }: MemberDialogProps) {
  const texts = ACTIONS[action];
  return (
    <Confirm
      title={t(texts.title, { name })}
      text={t(texts.text, { name })}
      action={t(texts.name)}
      danger={action === 'remove' || action === 'make_owner'}
      onConfirm={() => void attempt(() => carryOut(action, chatId, userId))}
      onClose={onClose}
    />
  );
}

const ROLES = { make_admin: 'admin', make_member: 'member', make_owner: 'owner' } as const;

async function carryOut(action: MemberAction, chatId: ChatId, userId: UserId): Promise<void> {
  const members = await memberChanges(chatId);
  if (action === 'remove') await members.remove(userId);
  else await members.setRole(userId, ROLES[action]);
}
