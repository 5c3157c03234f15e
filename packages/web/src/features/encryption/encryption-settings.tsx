import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { Loading } from '../../ui/empty';
import { Laptop, ShieldCheck } from '../../ui/icons';
import { DeviceList } from './device-list';
import { ask } from './dialogs';
import { encryptionState, startEncryption } from './encryption';
import { useDoing } from './use-doing';
import { useFound } from './use-found';

/** What a user can do about the keys of their encrypted chats. */
export function EncryptionSettings() {
  useEffect(() => void startEncryption().catch(() => {}), []);
  return (
    <div class="encryption-settings stack">
      <section class="settings-section">
        <p>{t('encryption.protects')}</p>
        <p class="quiet">{t('encryption.protectsNot')}</p>
        <ByState />
      </section>
      {encryptionState.value === 'ready' && <Care />}
      <ServerMode />
    </div>
  );
}

function ByState() {
  switch (encryptionState.value) {
    case 'off':
      return (
        <Button kind="primary" onClick={() => void ask({ kind: 'set-up' })}>
          {t('encryption.setUp')}
        </Button>
      );
    case 'needs_approval':
      return (
        <>
          <p>{t('encryption.cannotReadHere')}</p>
          <Button kind="primary" onClick={() => void ask({ kind: 'let-in' })}>
            {t('encryption.letIn')}
          </Button>
        </>
      );
    case 'ready':
      return <Ready />;
    case 'failed':
      return <Failed />;
    default:
      return <Loading />;
  }
}

function Failed() {
  const { busy, fault, run } = useDoing();
  return (
    <>
      <p role="alert">{fault ?? t('encryption.notReached')}</p>
      <Button busy={busy} onClick={() => run(startEncryption)}>
        {t('common.retry')}
      </Button>
    </>
  );
}

function Ready() {
  return (
    <p class="row">
      <ShieldCheck size={20} class="trust trust-verified" aria-hidden="true" />
      {t('encryption.isOn')}
    </p>
  );
}

/** What keeps the chats readable, and what shuts others out. */
function Care() {
  return (
    <>
      <section class="settings-section" aria-label={t('encryption.devices')}>
        <h2>{t('encryption.devices')}</h2>
        <p class="quiet">{t('encryption.devicesWhat')}</p>
        <DeviceList />
        <Button onClick={() => void ask({ kind: 'approve' })}>
          <Laptop size={18} aria-hidden="true" />
          {t('encryption.letAnotherIn')}
        </Button>
      </section>
      <section class="settings-section" aria-label={t('encryption.recoveryKey')}>
        <h2>{t('encryption.recoveryKey')}</h2>
        <p class="quiet">{t('encryption.renewWhy')}</p>
        <Button onClick={() => void ask({ kind: 'renew' })}>{t('encryption.renewDo')}</Button>
      </section>
      <section class="settings-section" aria-label={t('encryption.resetTitle')}>
        <h2>{t('encryption.resetTitle')}</h2>
        <p class="quiet">{t('encryption.resetWhen')}</p>
        <Button kind="danger" onClick={() => void ask({ kind: 'reset' })}>
          {t('encryption.resetDo')}
        </Button>
      </section>
    </>
  );
}

/** A server in assisted mode keeps a key of each user's for its own calls; a strict one has none. */
function ServerMode() {
  const found = useFound(() => session.client.api.encryption.publicKey(), []);
  if (found.state !== 'there') return null;
  const isAssisted = found.value.custody === 'server_wrapped';
  return <p class="quiet small">{t(isAssisted ? 'encryption.assisted' : 'encryption.strict')}</p>;
}
