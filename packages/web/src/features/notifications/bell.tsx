import { route } from '../../app/router';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { Bell } from '../../ui/icons';
import { unreadNotifications } from './counts';

const MOST = 99;

/** The way to the inbox, with how much is unread there. */
export function NotificationBell() {
  const count = unreadNotifications.value;
  const label = count > 0 ? t('notifications.count', { count }) : t('notifications.title');
  const isHere = route.value.name === 'notifications';
  return (
    <a
      class="icon-button bell"
      href={hrefOf({ name: 'notifications' })}
      aria-label={label}
      aria-current={isHere ? 'page' : undefined}
      title={label}
    >
      <Bell size={20} aria-hidden="true" />
      {count > 0 && (
        <span class="badge bell-count" aria-hidden="true">
          {count > MOST ? `${MOST}+` : count}
        </span>
      )}
    </a>
  );
}
