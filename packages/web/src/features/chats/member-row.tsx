import { useState } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { type TextKey, t } from '../../i18n';
import { memberName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatMember } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { IconButton } from '../../ui/button';
import { Ellipsis } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { memberPresence } from './member-presence';
import { type MemberAction, memberActions } from './rights';

const MemberMenu = lazy(async () => (await import('./member-menu')).MemberMenu, null);
const MemberDialog = lazy(async () => (await import('./member-menu')).MemberDialog, null);

const ROLES: Readonly<Record<ChatMember['role'], TextKey | null>> = {
  owner: 'chats.roleOwner',
  admin: 'chats.roleAdmin',
  member: null,
};

/** What is being done with a member. */
type Doing =
  | { readonly kind: 'menu'; readonly at: { x: number; y: number } }
  | { readonly kind: 'confirm'; readonly action: MemberAction };

/** A member: who they are, what they are here, and what may be done about it. */
export function MemberRow({ chat, member }: { chat: Chat; member: ChatMember }) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const actions = memberActions(chat, member, session.client.userId);
  const name = memberName(member);
  const close = () => setDoing(null);
  return (
    <div class="member-row">
      <Who member={member} name={name} />
      {actions.length > 0 && (
        <IconButton
          icon={Ellipsis}
          label={t('chats.memberMenu', { name })}
          aria-haspopup="menu"
          onClick={({ currentTarget }) => {
            const { left, bottom } = currentTarget.getBoundingClientRect();
            setDoing({ kind: 'menu', at: { x: left, y: bottom } });
          }}
        />
      )}
      {doing?.kind === 'menu' && (
        <MemberMenu
          at={doing.at}
          name={name}
          actions={actions}
          onPick={(action) => setDoing({ kind: 'confirm', action })}
          onClose={close}
        />
      )}
      {doing?.kind === 'confirm' && (
        <MemberDialog
          chatId={chat.id}
          userId={member.user_id}
          name={name}
          action={doing.action}
          onClose={close}
        />
      )}
    </div>
  );
}

function Who({ member, name }: { member: ChatMember; name: string }) {
  const { user, user_id, role } = member;
  const isSelf = user_id === session.client.userId;
  const isOnline = session.presence(user_id)?.status === 'online';
  const roleText = ROLES[role];
  return (
    <a class="list-row" href={hrefOf({ name: 'person', userId: user_id })}>
      <Avatar of={user} name={name} size={40} online={isOnline} />
      <span class="list-row-text">
        <span class="row">
          <span class="ellipsis spacer">
            <bdi>{isSelf ? t('common.you') : name}</bdi>
          </span>
          {roleText && <span class="role-mark">{t(roleText)}</span>}
        </span>
        <span class="ellipsis block quiet small">
          <bdi>{(!isSelf && memberPresence(user_id)) || `@${user.username}`}</bdi>
        </span>
      </span>
    </a>
  );
}
