import { t } from '../../i18n';
import { momentOf, timeOf } from '../../i18n/dates';
import type { Message } from '../../state/types';
import { type Clock, Pin, Timer } from '../../ui/icons';
import { Ticks } from './ticks';

/** The small print of a message: when, whether edited, pinned, fleeting, and how far it got. */
export function MessageMeta({ message, isOwn }: { message: Message; isOwn: boolean }) {
  const { is_pinned, is_edited, edited_at, expires_at, created_at, status, is_deleted } = message;
  return (
    <footer class="bubble-meta">
      {is_pinned && <Mark icon={Pin} text={t('conversation.pinned')} />}
      {expires_at && (
        <Mark icon={Timer} text={t('conversation.expires', { at: momentOf(expires_at) })} />
      )}
      {is_edited && (
        <span title={edited_at ? momentOf(edited_at) : undefined}>{t('conversation.edited')}</span>
      )}
      <time dateTime={created_at} title={momentOf(created_at)}>
        {timeOf(created_at)}
      </time>
      {isOwn && !is_deleted && <Ticks status={status} />}
    </footer>
  );
}

const Mark = ({ icon: Icon, text }: { icon: typeof Clock; text: string }) => (
  <span title={text}>
    <Icon size={12} aria-hidden="true" />
    <span class="unseen">{text}</span>
  </span>
);
