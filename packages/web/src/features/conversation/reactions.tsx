import { useComputed } from '@preact/signals';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId, Message, UserId } from '../../state/types';
import { attempt } from '../../ui/faults';
import type { ViewReaction } from '../encryption/view';
import { nameIn } from './people';

interface ReactionsProps {
  message: Message;
  reactions: readonly ViewReaction[];
}

/** What people said to a message by one sign. A click joins in, or takes it back. */
export const Reactions = ({ message, reactions }: ReactionsProps) => (
  <ul class="reactions" aria-label={t('conversation.reactions')}>
    {reactions.map((reaction) => (
      <li key={reaction.emoji}>
        <Chip message={message} reaction={reaction} />
      </li>
    ))}
  </ul>
);

function Chip({ message, reaction }: { message: Message; reaction: ViewReaction }) {
  const { emoji, count, user_ids } = reaction;
  const isOwn = user_ids.includes(session.client.userId);
  const names = useComputed(() => namesOf(message.chat_id, reaction));
  return (
    <button
      type="button"
      class="reaction"
      aria-pressed={isOwn}
      title={names.value}
      aria-label={t('conversation.reactedWith', { emoji, count, names: names.value })}
      onClick={() => void toggle(message, emoji, isOwn)}
    >
      <span>{emoji}</span>
      <span class="reaction-count">{count}</span>
    </button>
  );
}

/** Gives a reaction, or takes it back. */
export const toggle = (message: Message, emoji: string, isOwn: boolean): Promise<boolean> =>
  attempt(() =>
    isOwn ? session.client.unreact(message, emoji) : session.client.react(message, emoji),
  );

const NAMED = 10;

function namesOf(chatId: ChatId, { user_ids, count }: ViewReaction): string {
  const self = session.client.userId;
  const named = user_ids.slice(0, NAMED);
  const names = named.map((id) => (id === self ? t('common.you') : nameIn(chatId, id as UserId)));
  const others = count - named.length;
  if (others > 0) names.push(t('conversation.others', { count: others }));
  return names.join(', ');
}
