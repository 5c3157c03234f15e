import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { Button } from '../../../ui/button';
import { LogOut } from '../../../ui/icons';
import { SignOutDialog } from '../../people/sign-out';
import { Section } from '../section';
import { DeleteAccount } from './delete-account';
import { ExportData } from './export-data';
import { PasswordForm } from './password-form';

/** The account as a whole: how one gets in, what is in it, and how it ends. */
export function AccountPage() {
  return (
    <>
      <Section title={t('settings.changePassword')} hint={t('settings.changePasswordHint')}>
        <PasswordForm />
      </Section>
      <Section title={t('settings.export')} hint={t('settings.exportHint')}>
        <ExportData />
      </Section>
      <Section title={t('people.signOut')}>
        <SignOut />
      </Section>
      <Section title={t('settings.deleteAccount')} hint={t('settings.deleteHint')}>
        <DeleteAccount />
      </Section>
    </>
  );
}

function SignOut() {
  const [isAsking, setAsking] = useState(false);
  return (
    <div class="form-actions">
      <Button onClick={() => setAsking(true)}>
        <LogOut size={18} aria-hidden="true" />
        {t('people.signOut')}
      </Button>
      {isAsking && <SignOutDialog onClose={() => setAsking(false)} />}
    </div>
  );
}
