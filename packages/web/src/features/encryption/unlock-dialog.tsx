import { t } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { isBackupLocked } from './events';
import { RecoveryForm } from './recovery-form';

/** Tells this device the recovery key that another one made, so that it can keep the backup too. */
export function UnlockDialog({ onDone }: { onDone: (done: boolean) => void }) {
  const done = () => {
    isBackupLocked.value = false;
    onDone(true);
  };
  return (
    <Dialog title={t('encryption.enterKey')} onClose={() => onDone(false)}>
      <div class="stack">
        <p>{t('encryption.unlockWhy')}</p>
        <RecoveryForm onDone={done} />
      </div>
    </Dialog>
  );
}
