import { useComputed } from '@preact/signals';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { Calendar } from '../../ui/icons';
import { useConversation } from './conversation-context';
import type { ScrollKeeper } from './scroll-keeper';

/** A day by its name. Who clicks on it chooses another one to go to. */
export function Day({ at }: { at: string }) {
  const { overlays } = useConversation();
  return (
    <button
      type="button"
      class="day"
      title={t('conversation.jumpToDate')}
      onClick={() => overlays.show({ kind: 'date', from: at })}
    >
      <Calendar size={14} aria-hidden="true" />
      {dayOf(at)}
    </button>
  );
}

/** In older parts of a conversation, the day that is read about. */
export function FloatingDay({ keeper }: { keeper: ScrollKeeper }) {
  // Rendered anew by the day, not by the message.
  const day = useComputed(() => (keeper.top.value === null ? '' : dayOf(keeper.top.value)));
  const at = day.value === '' ? null : keeper.top.peek();
  if (at === null || keeper.atEnd.value) return null;
  return (
    <div class="floating-day">
      <Day at={at} />
    </div>
  );
}
