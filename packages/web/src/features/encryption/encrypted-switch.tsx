import { t } from '../../i18n';
import { Switch } from '../../ui/field';

interface EncryptedSwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Whether a new chat is encrypted. It cannot be changed afterwards, so it says so. */
export function EncryptedSwitch(props: EncryptedSwitchProps) {
  return (
    <Switch {...props} hint={t('encryption.switchHint')}>
      {t('encryption.switch')}
    </Switch>
  );
}
