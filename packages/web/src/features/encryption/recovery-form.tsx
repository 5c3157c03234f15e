import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { deviceName } from './device-name';
import { startEncryption } from './encryption';
import { useDoing } from './use-doing';

/** Opens the backup by the recovery key. A device that is in already keeps it from then on. */
async function recover(key: string): Promise<void> {
  const encryption = await startEncryption();
  await encryption.recover(deviceName(), { key });
}

export function RecoveryForm({ onDone }: { onDone?: () => void }) {
  const [key, setKey] = useState('');
  const { busy, fault, run } = useDoing();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await recover(key);
      onDone?.();
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <TextField
        label={t('encryption.recoveryKey')}
        hint={t('encryption.keyHint')}
        error={fault ?? undefined}
        value={key}
        onInput={setKey}
        autoComplete="off"
        autoCapitalize="characters"
        spellcheck={false}
        autofocus
        required
      />
      <Button kind="primary" type="submit" busy={busy}>
        {t('encryption.useKey')}
      </Button>
    </form>
  );
}
