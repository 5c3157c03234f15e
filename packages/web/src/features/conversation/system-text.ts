import { type TextKey, t } from '../../i18n';
import { durationOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { plainName } from '../../ui/plain-name';
import { nameIn } from './people';

type Event = NonNullable<Message['system_event']>;

/** How each event is told of others, and of the user. */
const TEXTS: Readonly<Record<Event['action'], readonly [others: TextKey, own: TextKey]>> = {
  member_added: ['conversation.memberAdded', 'conversation.memberAddedByYou'],
  member_removed: ['conversation.memberRemoved', 'conversation.memberRemovedByYou'],
  member_left: ['conversation.memberLeft', 'conversation.memberLeftByYou'],
  member_joined: ['conversation.memberJoined', 'conversation.memberJoinedByYou'],
  role_changed: ['conversation.roleChanged', 'conversation.roleChangedByYou'],
  owner_changed: ['conversation.ownerChanged', 'conversation.ownerChangedByYou'],
  chat_renamed: ['conversation.chatRenamed', 'conversation.chatRenamedByYou'],
  description_changed: ['conversation.descriptionChanged', 'conversation.descriptionChangedByYou'],
  avatar_changed: ['conversation.avatarChanged', 'conversation.avatarChangedByYou'],
  message_pinned: ['conversation.messagePinned', 'conversation.messagePinnedByYou'],
  disappearing_changed: [
    'conversation.disappearingChanged',
    'conversation.disappearingChangedByYou',
  ],
};

const ROLES: Readonly<Record<string, TextKey>> = {
  admin: 'conversation.roleAdmin',
  member: 'conversation.roleMember',
  owner: 'conversation.roleOwner',
};

const NEVER: readonly [TextKey, TextKey] = [
  'conversation.disappearingOff',
  'conversation.disappearingOffByYou',
];

/** What a system message tells, in the user's language. Follows signals. */
export function systemText(message: Message): string {
  const { system_event: event, chat_id, sender_id, content } = message;
  if (!event) return content;
  const self = session.client.userId;
  const [others, own] = textsOf(event);
  const whom = event.user_id;
  return t(sender_id === self ? own : others, {
    actor: nameIn(chat_id, sender_id),
    user: whom === null ? '' : whom === self ? t('conversation.you') : nameIn(chat_id, whom),
    value: detailOf(event),
  });
}

const isNever = ({ action, value }: Event) => action === 'disappearing_changed' && value === '0';

const textsOf = (event: Event): readonly [TextKey, TextKey] =>
  isNever(event) ? NEVER : TEXTS[event.action];

function detailOf({ action, value }: Event): string {
  if (value === null) return '';
  const role = ROLES[value];
  if (action === 'role_changed' && role) return t(role);
  return action === 'disappearing_changed' ? durationOf(Number(value)) : plainName(value);
}
