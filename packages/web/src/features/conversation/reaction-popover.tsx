import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { IconButton } from '../../ui/button';
import { useFocusBack } from '../../ui/focus';
import { Plus } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { placeAt } from '../../ui/menu';
import { shownOf } from '../encryption/view';
import { useConversation } from './conversation-context';
import type { Spot } from './overlay-store';
import { toggle } from './reactions';

const EmojiPicker = lazy(async () => (await import('../composer/emoji-picker')).EmojiPicker);

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

interface ReactionsProps {
  message: Message;
  at: Spot;
  onDone: () => void;
}

const isOwn = (message: Message, emoji: string): boolean =>
  shownOf(message)
    .reactions.find((reaction) => reaction.emoji === emoji)
    ?.user_ids.includes(session.client.userId) ?? false;

/** The reactions that are given most, and the way to all others. */
export function QuickReactions({ message, at, onDone }: ReactionsProps) {
  const { overlays } = useConversation();
  return (
    <div class="quick-reactions">
      {QUICK.map((emoji) => (
        <button
          key={emoji}
          type="button"
          role="menuitem"
          class="quick-reaction"
          aria-label={t('conversation.reactWith', { emoji })}
          data-pressed={isOwn(message, emoji)}
          onClick={() => {
            onDone();
            void toggle(message, emoji, isOwn(message, emoji));
          }}
        >
          {emoji}
        </button>
      ))}
      <IconButton
        role="menuitem"
        icon={Plus}
        label={t('conversation.moreReactions')}
        onClick={() => overlays.show({ kind: 'reactions', message, at })}
      />
    </div>
  );
}

interface PopoverProps {
  message: Message;
  at: Spot;
  onClose: () => void;
}

/** All emoji, to react with. */
export function ReactionPopover({ message, at, onClose }: PopoverProps) {
  const popover = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useFocusBack();
  useLayoutEffect(() => {
    const element = popover.current;
    if (!element) return;
    if (!isOpen) element.showPopover();
    setOpen(true);
    // The picker comes a moment later, and is larger than what stands in its place.
    const observer = new ResizeObserver(() => placeAt(element, at));
    observer.observe(element);
    return () => observer.disconnect();
  }, [at, isOpen]);
  const pick = (emoji: string) => {
    onClose();
    void toggle(message, emoji, isOwn(message, emoji));
  };
  return (
    <div
      ref={popover}
      class="menu reaction-popover"
      role="dialog"
      aria-label={t('conversation.react')}
      popover="auto"
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <EmojiPicker onPick={pick} />
    </div>
  );
}
