import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { session } from '../../../state/session';
import { Form } from '../../../ui/form';
import { toast } from '../../../ui/toasts';
import { useForm } from '../../../ui/use-form';
import { PasswordField } from '../../auth/password-field';
import { isPassword } from '../../auth/rules';

const EMPTY = { current_password: '', new_password: '' };

export function PasswordForm() {
  const [passwords, setPasswords] = useState(EMPTY);
  const form = useForm({
    check: () => ({
      current_password: passwords.current_password === '' ? t('auth.whichPassword') : undefined,
      new_password: isPassword(passwords.new_password) ? undefined : t('auth.passwordRule'),
    }),
    places: { wrong_password: 'current_password' },
    rules: { new_password: t('auth.passwordRule') },
    send: async () => {
      await session.client.api.changePassword(passwords);
      setPasswords(EMPTY);
      toast(t('settings.passwordChanged'));
    },
  });
  const field = (name: keyof typeof EMPTY) => ({
    name,
    value: passwords[name],
    onInput: (value: string) => setPasswords((before) => ({ ...before, [name]: value })),
    error: form.faults.fields[name],
  });
  return (
    <Form form={form} action={t('settings.changePassword')}>
      <input type="hidden" autoComplete="username" value={session.me.value?.username ?? ''} />
      <PasswordField {...field('current_password')} label={t('settings.currentPassword')} />
      <PasswordField
        isNew
        {...field('new_password')}
        label={t('settings.newPassword')}
        hint={t('auth.passwordHint')}
      />
    </Form>
  );
}
