import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Chat } from '../../state/types';
import { Dialog } from '../../ui/dialog';
import { Clock } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { useScheduled } from './scheduled';

const ScheduledList = lazy(async () => (await import('./scheduled-list')).ScheduledList);

/** Says that something waits to be sent here, and leads to it. */
export function ScheduledBar({ chat }: { chat: Chat }) {
  const { items } = useScheduled(chat.id);
  const [isOpen, setOpen] = useState(false);
  const count = items?.length ?? 0;
  const hasFailed = items?.some(({ status }) => status === 'failed') ?? false;
  if (count === 0 && !isOpen) return null;
  return (
    <>
      <button type="button" class="scheduled-bar small" onClick={() => setOpen(true)}>
        <Clock size={16} aria-hidden="true" />
        {t('conversation.scheduledCount', { count })}
        {hasFailed && <strong class="field-error">{t('conversation.scheduledFailed')}</strong>}
      </button>
      {isOpen && (
        <Dialog title={t('conversation.scheduled')} onClose={() => setOpen(false)}>
          <ScheduledList chat={chat} />
        </Dialog>
      )}
    </>
  );
}
