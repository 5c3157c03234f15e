import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { toast } from '../../ui/toasts';
import { ApprovalCode } from './approval-code';
import { ask } from './dialogs';
import { encryptionState } from './encryption';
import { RecoveryForm } from './recovery-form';

const CHOICES = ['device', 'key', 'anew'] as const;
type Way = (typeof CHOICES)[number];

const WAYS = {
  device: 'encryption.byDevice',
  key: 'encryption.byKey',
  anew: 'encryption.anew',
} as const;

/** The ways in which a browser comes to the keys of its user. */
export function LetInDialog({ onDone }: { onDone: (done: boolean) => void }) {
  const [way, setWay] = useState<Way>('device');
  const isReady = encryptionState.value === 'ready';
  useEffect(() => {
    if (!isReady) return;
    toast(t('encryption.isIn'));
    onDone(true);
  }, [isReady]);
  return (
    <Dialog title={t('encryption.letInTitle')} onClose={() => onDone(false)}>
      <div class="stack">
        <Ways way={way} onChange={setWay} />
        {way === 'device' && <ApprovalCode />}
        {way === 'key' && <RecoveryForm />}
        {way === 'anew' && <Anew />}
      </div>
    </Dialog>
  );
}

function Ways({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  return (
    <div class="tabs encryption-ways" role="tablist">
      {CHOICES.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          aria-selected={one === way}
          onClick={() => onChange(one)}
        >
          {t(WAYS[one])}
        </button>
      ))}
    </div>
  );
}

function Anew() {
  return (
    <>
      <p>{t('encryption.anewWhy')}</p>
      <p>{t('encryption.resetLost')}</p>
      <Button kind="danger" onClick={() => void ask({ kind: 'reset' })}>
        {t('encryption.anewDo')}
      </Button>
    </>
  );
}
