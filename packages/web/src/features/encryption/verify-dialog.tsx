import type { Encryption } from '@confab/client/e2ee';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Loading } from '../../ui/empty';
import { faultText } from '../../ui/faults';
import { QrCode } from '../../ui/qr-code';
import { toast } from '../../ui/toasts';
import { startEncryption } from './encryption';
import { seenKeyChange } from './key-changes';
import { nameOf } from './people';
import { canScan, ScanCode } from './scan-code';
import { useDoing } from './use-doing';
import { useFound } from './use-found';
import { trustVersions } from './versions';

interface VerifyDialogProps {
  userId: UserId;
  onDone: (done: boolean) => void;
}

async function verify(userId: UserId, digitsOrQr: string): Promise<void> {
  const { contacts }: Encryption = await startEncryption();
  await contacts.verify(userId, digitsOrQr);
  seenKeyChange(userId);
  trustVersions.touch(userId);
}

/** What two people compare, in a call or side by side, to be sure of each other's keys. */
export function VerifyDialog({ userId, onDone }: VerifyDialogProps) {
  const name = nameOf(userId);
  const found = useFound(
    async () => (await startEncryption()).contacts.safetyNumber(userId),
    [userId],
  );
  const { busy, fault, run } = useDoing();
  const check = (digitsOrQr: string) =>
    run(async () => {
      await verify(userId, digitsOrQr);
      toast(t('encryption.isVerified', { name }));
      onDone(true);
    });
  const digits = found.state === 'there' ? found.value.digits : null;
  const actions = (
    <>
      <Button onClick={() => onDone(false)}>{t('encryption.noMatch')}</Button>
      <Button
        kind="primary"
        busy={busy}
        disabled={digits === null}
        onClick={() => digits !== null && check(digits)}
      >
        {t('encryption.match')}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t('encryption.verifyTitle', { name })}
      onClose={() => onDone(false)}
      actions={actions}
    >
      <div class="stack">
        <p>{t('encryption.verifyHow', { name })}</p>
        {found.state === 'waiting' && <Loading />}
        {found.state === 'failed' && <p class="field-error">{faultText(found.fault)}</p>}
        {found.state === 'there' && <Numbers {...found.value} userId={userId} onScanned={check} />}
        {fault !== null && (
          <p class="field-error" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Whether a code is the safety number of this user and that one. */
function isOfBoth(code: string, userId: UserId): boolean {
  const [, low, high] = /^confab:safety:\d+:(\d+):[^:]+:(\d+):/.exec(code) ?? [];
  const both = [session.client.userId, userId].sort((one, other) => one - other);
  return Number(low) === both[0] && Number(high) === both[1];
}

interface NumbersProps {
  userId: UserId;
  digits: string;
  qr: string;
  onScanned: (code: string) => void;
}

function Numbers({ userId, digits, qr, onScanned }: NumbersProps) {
  const [isScanning, setScanning] = useState(false);
  const scanned = (code: string) => {
    setScanning(false);
    onScanned(code);
  };
  return (
    <>
      {isScanning ? (
        <ScanCode
          isWanted={(code) => isOfBoth(code, userId)}
          onCode={scanned}
          onStop={() => setScanning(false)}
          otherwise={t('encryption.noCameraCompare')}
        />
      ) : (
        <QrCode text={qr} label={t('encryption.safetyQr')} />
      )}
      <p class="safety-number" data-testid="safety-number">
        {digits.split(' ').map((group, at) => (
          <span key={at}>{group} </span>
        ))}
      </p>
      {canScan() && !isScanning && (
        <Button onClick={() => setScanning(true)}>{t('encryption.scan')}</Button>
      )}
    </>
  );
}
