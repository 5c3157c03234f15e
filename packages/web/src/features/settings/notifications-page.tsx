import { t } from '../../i18n';
import { session } from '../../state/session';
import { Loaded } from '../../ui/loaded';
import { PushSwitch } from '../notifications/push-switch';
import { QuietHours } from './quiet-hours';
import { SavedNote } from './saved-note';
import { Section } from './section';
import { useSetting } from './use-setting';

/** What tells the user of news, and when it does not. */
export function NotificationsPage() {
  const { loaded, set, state } = useSetting(
    () => session.client.api.notificationSettings(),
    (change) => session.client.api.setNotificationSettings(change),
  );
  return (
    <>
      <Section title={t('settings.thisDevice')}>
        <PushSwitch />
      </Section>
      <Section
        title={t('settings.quietHours')}
        hint={t('settings.quietHoursHint')}
        note={<SavedNote state={state} />}
      >
        <Loaded of={loaded}>{(settings) => <QuietHours settings={settings} set={set} />}</Loaded>
      </Section>
      <p class="field-hint">{t('settings.perChat')}</p>
    </>
  );
}
