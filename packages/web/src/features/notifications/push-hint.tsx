import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { type PushState, pushState, turnPushOn } from './push';

/** Offers notifications on this device to who was never asked. */
export function PushHint() {
  const [state, setState] = useState<PushState | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    void pushState().then(setState);
  }, []);
  if (state !== 'off' || Notification.permission !== 'default') return null;
  const turnOn = async () => {
    setBusy(true);
    await attempt(async () => setState(await turnPushOn()));
    setBusy(false);
  };
  return (
    <div class="banner banner-info">
      <span class="spacer">{t('notifications.pushHint')}</span>
      <Button kind="primary" busy={isBusy} onClick={() => void turnOn()}>
        {t('notifications.turnOn')}
      </Button>
    </div>
  );
}
