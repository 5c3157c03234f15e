import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/dialog';
import { Loading } from '../../ui/empty';
import { faultText } from '../../ui/faults';
import { Laptop } from '../../ui/icons';
import { toast } from '../../ui/toasts';
import { encryption } from './encryption';
import { useFound } from './use-found';

/** One of the user's own devices. That it is theirs is signed; the name and the times are the server's word. */
interface OwnDevice {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string | null;
  readonly lastSeen: string | null;
  readonly isThis: boolean;
}

async function ownDevices(): Promise<OwnDevice[]> {
  const made = encryption.value;
  if (!made) return [];
  const [signed, { items }] = await Promise.all([
    made.contacts.devices(session.client.userId),
    session.client.api.encryption.devices(),
  ]);
  return signed.map((id) => {
    const told = items.find((one) => one.id === id);
    return {
      id,
      name: told?.name ?? t('encryption.unnamedDevice'),
      createdAt: told?.created_at ?? null,
      lastSeen: told?.last_seen ?? null,
      isThis: id === made.deviceId,
    };
  });
}

export function DeviceList() {
  const [changes, setChanges] = useState(0);
  const [leaving, setLeaving] = useState<OwnDevice | null>(null);
  const found = useFound(ownDevices, [encryption.value, changes]);
  if (found.state === 'waiting') return <Loading />;
  if (found.state === 'failed') return <p class="field-error">{faultText(found.fault)}</p>;
  const remove = async ({ id, name }: OwnDevice) => {
    try {
      await encryption.value?.removeDevice(id);
      toast(t('encryption.deviceRemoved', { name }));
      setChanges(changes + 1);
    } catch (fault) {
      toast(faultText(fault));
    }
  };
  return (
    <>
      <ul class="device-list">
        {found.value.map((device) => (
          <DeviceRow key={device.id} device={device} onRemove={() => setLeaving(device)} />
        ))}
      </ul>
      {leaving && (
        <Confirm
          title={t('encryption.removeTitle', { name: leaving.name })}
          text={t('encryption.removeWhat')}
          action={t('encryption.removeDevice')}
          onConfirm={() => void remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  );
}

function DeviceRow({ device, onRemove }: { device: OwnDevice; onRemove: () => void }) {
  const { name, createdAt, lastSeen, isThis } = device;
  return (
    <li class="list-row">
      <Laptop size={24} aria-hidden="true" />
      <span class="list-row-text">
        <strong class="ellipsis">{name}</strong>
        <span class="quiet small device-times">
          {isThis && <span>{t('encryption.thisDevice')}</span>}
          {createdAt !== null && (
            <span>{t('encryption.since', { date: momentOf(createdAt) })}</span>
          )}
          {lastSeen !== null && (
            <span>{t('encryption.lastSeen', { date: momentOf(lastSeen) })}</span>
          )}
        </span>
      </span>
      {!isThis && (
        <Button onClick={onRemove} aria-label={t('encryption.removeTitle', { name })}>
          {t('encryption.removeDevice')}
        </Button>
      )}
    </li>
  );
}
