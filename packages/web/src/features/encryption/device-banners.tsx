import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { route } from '../../app/router';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { Laptop, Lock, ShieldAlert } from '../../ui/icons';
import { ask } from './dialogs';
import { encryptionState, isEncrypted } from './encryption';
import { deviceRequests, isBackupLocked } from './events';

interface BannerProps {
  icon: typeof Lock;
  text: string;
  children: ComponentChildren;
}

function Banner({ icon: Icon, text, children }: BannerProps) {
  return (
    <div class="banner encryption-banner">
      <Icon size={20} aria-hidden="true" />
      <span class="spacer">{text}</span>
      {children}
    </div>
  );
}

/** What concerns this browser as one of the user's devices. */
export function DeviceBanners() {
  return (
    <div role="status">
      <LetIn />
      <Requests />
      <Locked />
    </div>
  );
}

/** Encrypted chats and the settings say it themselves. */
function isSaidThere(): boolean {
  const place = route.value;
  if (place.name === 'chat') return isEncrypted(place.chatId);
  return place.name === 'settings' && place.page === 'encryption';
}

function LetIn() {
  const isLater = useSignal(false);
  if (encryptionState.value !== 'needs_approval' || isLater.value || isSaidThere()) return null;
  return (
    <Banner icon={Lock} text={t('encryption.cannotReadHere')}>
      <Button onClick={() => void ask({ kind: 'let-in' })}>{t('encryption.letIn')}</Button>
      <Button kind="plain" onClick={() => (isLater.value = true)}>
        {t('encryption.later')}
      </Button>
    </Banner>
  );
}

function Requests() {
  const [first] = deviceRequests.value;
  if (!first || encryptionState.value !== 'ready') return null;
  return (
    <Banner icon={Laptop} text={t('encryption.deviceAsks', { name: first.name })}>
      <Button onClick={() => void ask({ kind: 'approve' })}>{t('encryption.look')}</Button>
      <Button kind="plain" onClick={() => (deviceRequests.value = [])}>
        {t('encryption.later')}
      </Button>
    </Banner>
  );
}

function Locked() {
  const isReady = encryptionState.value === 'ready' && session.phase.value === 'signed-in';
  if (!isReady || !isBackupLocked.value) return null;
  return (
    <Banner icon={ShieldAlert} text={t('encryption.keyChangedElsewhere')}>
      <Button onClick={() => void ask({ kind: 'unlock' })}>{t('encryption.enterKey')}</Button>
    </Banner>
  );
}
