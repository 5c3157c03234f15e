import { useState } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { List, Pin } from '../../ui/icons';
import { useConversation } from './conversation-context';
import type { Pins } from './pins';
import { lineOf } from './summaries';

/** One pinned message above the conversation; a click goes to it and shows the one before. */
export function PinsBar({ pins }: { pins: Pins }) {
  const { timeline, chatId } = useConversation();
  const [turn, setTurn] = useState(0);
  const items = pins.items.value;
  const at = items.length === 0 ? 0 : turn % items.length;
  const message = items[at];
  if (!message) return null;
  const jump = () => {
    setTurn(at + 1);
    void timeline.jump(message.id);
  };
  return (
    <div class="pins-bar">
      <button type="button" class="pins-bar-message" onClick={jump}>
        <Pin size={16} aria-hidden="true" />
        <span class="pins-bar-text">
          <strong class="small">
            {items.length === 1
              ? t('conversation.pinnedMessage')
              : t('conversation.pinnedOf', { at: items.length - at, count: items.length })}
          </strong>
          <span class="ellipsis small">{lineOf(message)}</span>
        </span>
      </button>
      <a
        class="icon-button"
        href={hrefOf({ name: 'chat', chatId, panel: 'pins' })}
        title={t('conversation.allPins')}
        aria-label={t('conversation.allPins')}
      >
        <List size={20} aria-hidden="true" />
      </a>
    </div>
  );
}
