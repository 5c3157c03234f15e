import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { session } from '../../../state/session';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Form } from '../../../ui/form';
import { toast } from '../../../ui/toasts';
import { useForm } from '../../../ui/use-form';
import { PasswordField } from '../../auth/password-field';

export function DeleteAccount() {
  const [isAsking, setAsking] = useState(false);
  return (
    <div class="form-actions">
      <Button kind="danger" onClick={() => setAsking(true)}>
        {t('settings.deleteAccount')}
      </Button>
      {isAsking && <DeleteDialog onClose={() => setAsking(false)} />}
    </div>
  );
}

async function erase(password: string): Promise<void> {
  await session.client.api.deleteMe(password);
  await session.signOut();
  toast(t('settings.deleted'));
}

/** Says what is lost, and asks for the password, so that nobody else does this. */
function DeleteDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('');
  const form = useForm({
    check: () => ({ password: password === '' ? t('auth.whichPassword') : undefined }),
    places: { wrong_password: 'password' },
    send: () => erase(password),
  });
  return (
    <Dialog title={t('settings.deleteTitle')} onClose={onClose}>
      <Form form={form} action={t('settings.deleteForGood')} danger onCancel={onClose}>
        <p>{t('settings.deleteText')}</p>
        <ul class="bullets">
          <li>{t('settings.deleteMessages')}</li>
          <li>{t('settings.deleteFiles')}</li>
          <li>{t('settings.deleteGroups')}</li>
          <li>{t('settings.deleteName')}</li>
        </ul>
        <PasswordField value={password} onInput={setPassword} error={form.faults.fields.password} />
      </Form>
    </Dialog>
  );
}
