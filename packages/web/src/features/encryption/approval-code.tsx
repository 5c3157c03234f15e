import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { faultText } from '../../ui/faults';
import { QrCode } from '../../ui/qr-code';
import { deviceName } from './device-name';
import { startEncryption } from './encryption';

type Asking =
  | { readonly step: 'asking' }
  | { readonly step: 'waiting'; readonly code: string; readonly qr: string }
  | { readonly step: 'ended'; readonly why: string };

/** Whatever becomes of the request: the state of the encryption tells when it was granted. */
async function wait(show: (asking: Asking) => void): Promise<void> {
  try {
    const encryption = await startEncryption();
    show({ step: 'waiting', ...(await encryption.devices.requestApproval(deviceName())) });
    await encryption.waitForGrant();
  } catch (fault) {
    show({ step: 'ended', why: faultText(fault) });
  }
}

/** The code that is typed, or scanned, on a device that is in already. */
export function ApprovalCode() {
  const [tries, setTries] = useState(0);
  const [asking, setAsking] = useState<Asking>({ step: 'asking' });
  useEffect(() => {
    let isCurrent = true;
    setAsking({ step: 'asking' });
    void wait((now) => isCurrent && setAsking(now));
    return () => {
      isCurrent = false;
    };
  }, [tries]);
  if (asking.step === 'waiting') return <Shown code={asking.code} qr={asking.qr} />;
  if (asking.step === 'asking') {
    return (
      <div class="approval-code">
        <span class="spinner" role="status" aria-label={t('common.loading')} />
      </div>
    );
  }
  return (
    <div class="approval-code">
      <p class="field-error" role="alert">
        {asking.why}
      </p>
      <Button onClick={() => setTries(tries + 1)}>{t('encryption.newCode')}</Button>
    </div>
  );
}

function Shown({ code, qr }: { code: string; qr: string }) {
  return (
    <div class="approval-code">
      <p>{t('encryption.codeHow')}</p>
      <QrCode text={qr} label={t('encryption.codeQr')} />
      <strong class="secret-digits" data-testid="approval-code">
        {code}
      </strong>
      <p class="quiet">{t('encryption.codeWaiting')}</p>
    </div>
  );
}
