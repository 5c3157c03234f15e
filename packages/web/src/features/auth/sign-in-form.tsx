import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { TextField } from '../../ui/field';
import { Form } from '../../ui/form';
import { useForm } from '../../ui/use-form';
import { PasswordField } from './password-field';

export function SignInForm() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm({
    check: () => ({
      username: username.trim() === '' ? t('auth.whichUser') : undefined,
      password: password === '' ? t('auth.whichPassword') : undefined,
    }),
    places: { invalid_credentials: 'password' },
    send: () => session.signIn(username.trim(), password),
  });
  return (
    <Form form={form} action={t('auth.signIn')} wide>
      <TextField
        label={t('auth.usernameOrEmail')}
        value={username}
        onInput={setUsername}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        autofocus
        required
        error={form.faults.fields.username}
      />
      <PasswordField value={password} onInput={setPassword} error={form.faults.fields.password} />
    </Form>
  );
}
