import { lazy } from '../../ui/lazy';
import { asked } from './dialogs';
import { encryptionState } from './encryption';

const EncryptionHost = lazy(async () => (await import('./host')).EncryptionHost, null);

/** Where the encryption speaks to the user: its code comes when there is anything to say. */
export function EncryptionSlot() {
  const isQuiet = encryptionState.value === 'idle' && asked.value.length === 0;
  return <div class="encryption-slot">{!isQuiet && <EncryptionHost />}</div>;
}
