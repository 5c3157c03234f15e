import { t } from '../i18n';
import { IconButton } from '../ui/button';
import { ArrowLeft } from '../ui/icons';
import { goBack } from './router';
import type { Route } from './routes';

interface BackButtonProps {
  /** What is above, for who came from outside the app. */
  above?: Route;
  /** Such as `back`, where wide screens need none. */
  class?: string;
}

/** To where the user came from. */
export function BackButton({ above = { name: 'home' }, class: name }: BackButtonProps) {
  return (
    <IconButton
      {...(name === undefined ? {} : { class: name })}
      icon={ArrowLeft}
      label={t('common.back')}
      onClick={() => goBack(above)}
    />
  );
}
