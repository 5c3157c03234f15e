import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { TextField } from '../../ui/field';
import { toast } from '../../ui/toasts';
import { startEncryption } from './encryption';
import { deviceRequests } from './events';
import { canScan, ScanCode } from './scan-code';
import { useDoing } from './use-doing';

/** How a code looks. */
const PATTERN = 'XXXX-XXXX-XXXX-XXXX';

async function approve(codeOrQr: string): Promise<string> {
  const encryption = await startEncryption();
  const { device_id, name } = await encryption.devices.approve(codeOrQr);
  deviceRequests.value = deviceRequests.value.filter((one) => one.device_id !== device_id);
  return name;
}

async function refuseAll(): Promise<void> {
  for (const { device_id } of deviceRequests.value) {
    await session.client.api.encryption.refuseApproval(device_id);
  }
  deviceRequests.value = [];
}

/** Lets in the device that shows a code: by it the server cannot put another one in its place. */
export function ApproveDialog({ onDone }: { onDone: (done: boolean) => void }) {
  const [code, setCode] = useState('');
  const [isScanning, setScanning] = useState(false);
  const { busy, fault, run } = useDoing();
  const submit = (typed: string) =>
    run(async () => {
      toast(t('encryption.letDeviceIn', { name: await approve(typed) }));
      onDone(true);
    });
  const refuse = async () => {
    if (await attempt(refuseAll)) onDone(false);
  };
  const actions = (
    <>
      {deviceRequests.value.length > 0 && (
        <Button onClick={() => void refuse()}>{t('encryption.refuse')}</Button>
      )}
      <Button kind="primary" type="submit" form="approve-form" busy={busy}>
        {t('encryption.approve')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('encryption.approveTitle')} onClose={() => onDone(false)} actions={actions}>
      <form
        class="stack"
        id="approve-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit(code);
        }}
      >
        <Waiting />
        <p>{t('encryption.approveHow')}</p>
        <TextField
          label={t('encryption.code')}
          value={code}
          onInput={setCode}
          error={fault ?? undefined}
          placeholder={PATTERN}
          autoComplete="off"
          autoCapitalize="characters"
          spellcheck={false}
          autofocus
          required
        />
        {canScan() && !isScanning && (
          <Button onClick={() => setScanning(true)}>{t('encryption.scan')}</Button>
        )}
        {isScanning && (
          <ScanCode
            isWanted={(found) => found.startsWith('confab:approve:')}
            onCode={(found) => {
              setScanning(false);
              submit(found);
            }}
            onStop={() => setScanning(false)}
            otherwise={t('encryption.noCamera')}
          />
        )}
      </form>
    </Dialog>
  );
}

function Waiting() {
  const requests = deviceRequests.value;
  if (requests.length === 0) return null;
  return (
    <ul class="encryption-points">
      {requests.map(({ device_id, name }) => (
        <li key={device_id}>
          <strong>{name}</strong>
        </li>
      ))}
    </ul>
  );
}
