import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { deviceName } from './device-name';
import { startEncryption } from './encryption';
import { RecoveryKey } from './recovery-key';
import { useDoing } from './use-doing';

/** Why there is a new recovery key: for the first keys, for new ones in place of lost ones, or alone. */
type Kind = 'set-up' | 'reset' | 'renew';

const TITLES = {
  'set-up': 'encryption.setUpTitle',
  reset: 'encryption.resetTitle',
  renew: 'encryption.renewTitle',
} as const;

const ACTIONS = {
  'set-up': 'encryption.setUp',
  reset: 'encryption.resetDo',
  renew: 'encryption.renewDo',
} as const;

async function makeKey(kind: Kind): Promise<{ recoveryKey: string | null }> {
  const encryption = await startEncryption();
  switch (kind) {
    case 'set-up':
      return encryption.setUp(deviceName());
    case 'reset':
      return encryption.resetIdentity(deviceName());
    case 'renew':
      return encryption.devices.renewRecovery();
    default:
      return kind satisfies never;
  }
}

async function make(kind: Kind): Promise<string> {
  const { recoveryKey } = await makeKey(kind);
  if (recoveryKey === null) throw new Error('No recovery key was made');
  return recoveryKey;
}

interface NewKeyDialogProps {
  kind: Kind;
  onDone: (done: boolean) => void;
}

/** Says what is about to happen, makes the keys, and shows the recovery key until it is written down. */
export function NewKeyDialog({ kind, onDone }: NewKeyDialogProps) {
  const [key, setKey] = useState<string | null>(null);
  if (key !== null) return <RecoveryKey shown={key} onDone={() => onDone(true)} />;
  return <Before kind={kind} onMade={setKey} onClose={() => onDone(false)} />;
}

interface BeforeProps {
  kind: Kind;
  onMade: (key: string) => void;
  onClose: () => void;
}

function Before({ kind, onMade, onClose }: BeforeProps) {
  const { busy, fault, run } = useDoing();
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button
        kind={kind === 'reset' ? 'danger' : 'primary'}
        busy={busy}
        onClick={() => run(async () => onMade(await make(kind)))}
      >
        {t(ACTIONS[kind])}
      </Button>
    </>
  );
  // What was begun is not left half way: its recovery key would never be seen.
  return (
    <Dialog title={t(TITLES[kind])} onClose={() => !busy && onClose()} actions={actions}>
      <div class="stack">
        <Explanation kind={kind} />
        {fault !== null && (
          <p class="field-error" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Explanation({ kind }: { kind: Kind }) {
  if (kind === 'renew') return <p>{t('encryption.renewWhy')}</p>;
  if (kind === 'set-up') {
    return (
      <>
        <p>{t('encryption.protects')}</p>
        <p class="quiet">{t('encryption.protectsNot')}</p>
      </>
    );
  }
  return (
    <>
      <p>
        <strong>{t('encryption.resetWarning')}</strong>
      </p>
      <ul class="encryption-points">
        <li>{t('encryption.resetLost')}</li>
        <li>{t('encryption.resetDevices')}</li>
        <li>{t('encryption.resetContacts')}</li>
      </ul>
    </>
  );
}
