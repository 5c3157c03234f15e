import type { Session } from '@confab/protocol';
import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { momentOf } from '../../../i18n/dates';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/dialog';
import { Laptop, Smartphone } from '../../../ui/icons';
import { useTask } from '../../../ui/use-task';
import { deviceOf, isHandheld } from './device-of';

interface SessionRowProps {
  of: Session;
  /** Signs it out; missing for the device itself. */
  onEnd?: () => Promise<void>;
}

/** A device that is signed in. */
export function SessionRow({ of, onEnd }: SessionRowProps) {
  const Icon = isHandheld(of.device) ? Smartphone : Laptop;
  const name = deviceOf(of.device) || t('settings.unknownDevice');
  const used = of.is_current
    ? t('settings.activeNow')
    : t('settings.lastUsed', { at: momentOf(of.last_used_at) });
  return (
    <li class="list-row session-row">
      <Icon size={24} aria-hidden="true" />
      <span class="list-row-text">
        <strong>{name}</strong>
        <span class="session-facts quiet small">{used}</span>
        <span class="session-facts quiet small">
          {t('settings.signedInAt', { at: momentOf(of.created_at), from: of.ip })}
        </span>
      </span>
      {onEnd && <EndButton name={name} onEnd={onEnd} />}
    </li>
  );
}

function EndButton({ name, onEnd }: { name: string; onEnd: () => Promise<void> }) {
  const { busy, run } = useTask();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button
        busy={busy}
        aria-label={t('settings.endSession', { name })}
        onClick={() => setAsking(true)}
      >
        {t('people.signOut')}
      </Button>
      {isAsking && (
        <Confirm
          title={t('settings.endTitle', { name })}
          text={t('settings.endText')}
          action={t('people.signOut')}
          onConfirm={() => void run(onEnd)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
