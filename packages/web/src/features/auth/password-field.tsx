import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Eye, EyeOff } from '../../ui/icons';

interface PasswordFieldProps {
  value: string;
  onInput: (value: string) => void;
  error?: string | undefined;
  hint?: string;
  /** A new one: password managers then offer to make it. */
  isNew?: boolean;
  label?: string;
  name?: string;
}

/** A password that can be looked at while it is typed. */
export function PasswordField({ isNew = false, label, name, ...rest }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  return (
    <div class="password-field">
      <TextField
        {...rest}
        label={label ?? t('auth.password')}
        type={isShown ? 'text' : 'password'}
        name={name ?? 'password'}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        autoCapitalize="none"
        spellcheck={false}
        required
      />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        label={t('auth.showPassword')}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
      />
    </div>
  );
}
