import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { TextField } from '../../ui/field';
import { Form } from '../../ui/form';
import { type FieldTexts, useForm } from '../../ui/use-form';
import { PasswordField } from './password-field';
import { isPassword, isUsername, mayBeEmail } from './rules';

const EMPTY = { username: '', email: '', full_name: '', password: '' };
type Account = typeof EMPTY;

const trimmed = ({ password, ...rest }: Account): Account => ({
  username: rest.username.trim(),
  email: rest.email.trim(),
  full_name: rest.full_name.trim(),
  password,
});

function check({ username, email, password }: Account): FieldTexts {
  return {
    username: isUsername(username) ? undefined : t('auth.usernameRule'),
    email: mayBeEmail(email) ? undefined : t('auth.emailRule'),
    password: isPassword(password) ? undefined : t('auth.passwordRule'),
  };
}

function register(account: Account): Promise<void> {
  const { full_name, ...rest } = account;
  return session.register(full_name === '' ? rest : { ...rest, full_name });
}

const rules = (): FieldTexts => ({
  username: t('auth.usernameRule'),
  email: t('auth.emailRule'),
  password: t('auth.passwordRule'),
});

export function RegisterForm() {
  const [account, setAccount] = useState(EMPTY);
  const form = useForm({
    check: () => check(trimmed(account)),
    places: { username_taken: 'username', email_taken: 'email' },
    rules: rules(),
    send: () => register(trimmed(account)),
  });
  const field = (name: keyof Account) => ({
    name,
    value: account[name],
    onInput: (value: string) => setAccount((before) => ({ ...before, [name]: value })),
    error: form.faults.fields[name],
  });
  return (
    <Form form={form} action={t('auth.register')} wide>
      <TextField
        {...field('username')}
        label={t('auth.username')}
        hint={t('auth.usernameHint')}
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={32}
        autofocus
        required
      />
      <TextField
        {...field('email')}
        label={t('auth.email')}
        hint={t('auth.emailHint')}
        type="email"
        autoComplete="email"
        required
      />
      <TextField
        {...field('full_name')}
        label={t('auth.fullName')}
        autoComplete="name"
        maxLength={100}
      />
      <PasswordField isNew {...field('password')} hint={t('auth.passwordHint')} />
    </Form>
  );
}
