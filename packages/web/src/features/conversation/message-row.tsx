import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { timeOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { shownOf } from '../encryption/view';
import { ActionBar } from './action-bar';
import { Bubble } from './bubble';
import { useConversation } from './conversation-context';
import { nameIn, personOf } from './people';
import { Reactions } from './reactions';
import type { Row } from './rows';
import { useMessagePointer } from './use-message-pointer';

interface MessageRowProps {
  row: Row;
  message: Message;
  isTabStop: boolean;
}

/** How long a message that was jumped to stays marked, in milliseconds. */
const MARKED_MS = 2_000;

export function MessageRow({ row, message, isTabStop }: MessageRowProps) {
  const { chatId, isGroup, timeline, overlays } = useConversation();
  const article = useRef<HTMLElement>(null);
  const pointer = useMessagePointer(message);
  const name = useComputed(() => nameIn(chatId, message.sender_id));
  const isActive = useComputed(() => overlays.active.value === row.key);
  const isMarked = useComputed(() => timeline.marked.value === message.id);
  useFocusWhenActive(article, isActive.value);
  useUnmark(isMarked.value);
  const isOwn = message.sender_id === session.client.userId;
  const hasFace = isGroup && !isOwn;
  const view = shownOf(message);
  const isAsideShown = pointer.isNear && view.state !== 'deleted';
  return (
    <article
      ref={article}
      class={classOf({ isOwn, isMarked: isMarked.value, endsGroup: row.endsGroup })}
      data-row={row.key}
      data-seq={message.seq}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={t('conversation.saidBy', {
        name: isOwn ? t('common.you') : name.value,
        time: timeOf(message.created_at),
      })}
      onFocus={(event) => {
        if (event.target === event.currentTarget) overlays.active.value = row.key;
      }}
      {...pointer.listeners}
    >
      {hasFace && <Face row={row} message={message} name={name.value} />}
      <div class="message-body">
        <Bubble
          message={message}
          view={view}
          isOwn={isOwn}
          name={hasFace && row.startsGroup ? name.value : null}
        />
        {view.reactions.length > 0 && <Reactions message={message} reactions={view.reactions} />}
        {isAsideShown && <ActionBar message={message} />}
      </div>
    </article>
  );
}

interface Looks {
  isOwn: boolean;
  isMarked: boolean;
  endsGroup: boolean;
}

function classOf({ isOwn, isMarked, endsGroup }: Looks): string {
  const names = ['message', isOwn ? 'message-own' : '', isMarked ? 'message-marked' : ''];
  return [...names, endsGroup ? 'message-last' : ''].filter(Boolean).join(' ');
}

/** The picture of who speaks, beside the last message of a group; its room beside the others. */
function Face({ row, message, name }: { row: Row; message: Message; name: string }) {
  const { chatId } = useConversation();
  const person = useComputed(() => personOf(chatId, message.sender_id));
  if (!row.endsGroup) return <span class="message-face" />;
  const of = { id: message.sender_id, avatar_url: person.value?.avatar_url ?? null };
  return (
    <span class="message-face">
      <Avatar of={of} name={name} size={32} />
    </span>
  );
}

function useFocusWhenActive(article: { current: HTMLElement | null }, isActive: boolean): void {
  useEffect(() => {
    const element = article.current;
    if (!isActive || !element || element.contains(document.activeElement)) return;
    element.focus({ preventScroll: true });
  }, [isActive, article]);
}

function useUnmark(isMarked: boolean): void {
  const { timeline } = useConversation();
  useEffect(() => {
    if (!isMarked) return;
    const timer = setTimeout(() => {
      timeline.marked.value = null;
    }, MARKED_MS);
    return () => clearTimeout(timer);
  }, [isMarked, timeline]);
}
