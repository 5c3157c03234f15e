import { memo } from 'preact/compat';
import { t } from '../../i18n';
import { Day } from './day';
import { MessageRow } from './message-row';
import { PendingRow } from './pending-row';
import type { Row } from './rows';
import { SystemRow } from './system-row';

interface RowViewProps {
  row: Row;
  /** Whether Tab comes to it. */
  isTabStop: boolean;
}

/** A message, and above it what begins with it. */
export const RowView = memo(function RowView({ row, isTabStop }: RowViewProps) {
  if (row.isHidden) return <div class="row-hidden" />;
  return (
    <div class={row.startsGroup ? 'timeline-row timeline-row-apart' : 'timeline-row'}>
      {row.isNewDay && (
        <p class="day-line">
          <Day at={row.at} />
        </p>
      )}
      {row.isFirstUnread && (
        <p class="unread-line">
          <span>{t('conversation.unreadLine')}</span>
        </p>
      )}
      <Item row={row} isTabStop={isTabStop} />
    </div>
  );
});

function Item({ row, isTabStop }: RowViewProps) {
  const { item } = row;
  if (item.kind === 'pending') return <PendingRow row={row} entry={item.entry} />;
  if (item.message.content_type === 'system') return <SystemRow message={item.message} />;
  return <MessageRow row={row} message={item.message} isTabStop={isTabStop} />;
}
