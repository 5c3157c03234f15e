import { t } from '../../i18n';
import type { Message } from '../../state/types';
import { Check, CheckCheck, CircleAlert, Clock } from '../../ui/icons';

const TICKS = {
  pending: { icon: Clock, text: 'conversation.pending' },
  sent: { icon: Check, text: 'conversation.sent' },
  delivered: { icon: CheckCheck, text: 'conversation.delivered' },
  read: { icon: CheckCheck, text: 'conversation.read' },
  failed: { icon: CircleAlert, text: 'conversation.failed' },
} as const;

/** How far a message of one's own got. */
export function Ticks({ status }: { status: Message['status'] | 'pending' }) {
  const { icon: Icon, text } = TICKS[status];
  return (
    <span class={`ticks ticks-${status}`} title={t(text)}>
      <Icon size={15} aria-hidden="true" />
      <span class="unseen">{t(text)}</span>
    </span>
  );
}
