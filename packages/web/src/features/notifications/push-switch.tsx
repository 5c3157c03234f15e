import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { attempt } from '../../ui/faults';
import { Switch } from '../../ui/field';
import { type PushState, pushState, turnPushOff, turnPushOn } from './push';
import { isSoundOn, setSound } from './sound';

/** What this device does when something comes: it shows it, and rings. */
export function PushSwitch() {
  return (
    <div class="device-notices">
      <PushOnThisDevice />
      <Sound />
    </div>
  );
}

function PushOnThisDevice() {
  const [state, setState] = useState<PushState | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    void pushState().then(setState);
  }, []);
  const change = async (isOn: boolean) => {
    setBusy(true);
    await attempt(async () => setState(await (isOn ? turnPushOn() : turnPushOff())));
    setState(await pushState());
    setBusy(false);
  };
  const isOn = state === 'on' || state === 'open_only';
  const cannot = state === null || state === 'unsupported' || state === 'home_screen';
  return (
    <>
      <Switch
        checked={isOn}
        disabled={isBusy || cannot || state === 'blocked'}
        onChange={(isOn) => void change(isOn)}
      >
        {t('notifications.onThisDevice')}
      </Switch>
      <p class="field-hint" role="status">
        {hintOf(state)}
      </p>
    </>
  );
}

function hintOf(state: PushState | null): string {
  switch (state) {
    case null:
      return '';
    case 'unsupported':
      return t(window.isSecureContext ? 'notifications.unsupported' : 'notifications.needsHttps');
    case 'home_screen':
      return t('notifications.homeScreen');
    case 'blocked':
      return t('notifications.blocked');
    case 'off':
      return t('notifications.offHint');
    case 'on':
      return t('notifications.onHint');
    case 'open_only':
      return t('notifications.openOnly');
  }
}

function Sound() {
  const [isOn, setOn] = useState(isSoundOn());
  const change = (next: boolean) => {
    setSound(next);
    setOn(next);
  };
  return (
    <Switch checked={isOn} onChange={change}>
      {t('notifications.sound')}
    </Switch>
  );
}
