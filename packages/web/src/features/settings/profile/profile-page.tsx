import { hrefOf } from '../../../app/routes';
import { t } from '../../../i18n';
import { session } from '../../../state/session';
import { Loading } from '../../../ui/empty';
import { Section } from '../section';
import { OwnPicture } from './own-picture';
import { ProfileForm } from './profile-form';

/** What others see of the user. */
export function ProfilePage() {
  const me = session.me.value;
  if (!me) return <Loading />;
  return (
    <>
      <Section title={t('settings.picture')}>
        <OwnPicture me={me} />
      </Section>
      <Section title={t('settings.aboutYou')}>
        <ProfileForm key={me.id} me={me} />
      </Section>
      <p>
        <a href={hrefOf({ name: 'person', userId: me.id })}>{t('settings.asOthers')}</a>
      </p>
    </>
  );
}
