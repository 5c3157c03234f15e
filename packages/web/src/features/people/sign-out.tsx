import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Confirm } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { encryptionState, findKeys } from '../encryption/encryption';

/** Asks before this device is signed out. */
export function SignOutDialog({ onClose }: { onClose: () => void }) {
  useEffect(() => void findKeys().catch(() => {}), []);
  const isReady = encryptionState.value === 'ready';
  return (
    <Confirm
      title={t('people.signOutTitle')}
      text={isReady ? t('encryption.signOut') : t('people.signOutText')}
      action={t('people.signOut')}
      danger={false}
      onConfirm={() => void attempt(session.signOut)}
      onClose={onClose}
    />
  );
}
