import type { NotificationSettings } from '@confab/protocol';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Switch, TextField } from '../../ui/field';
import { Select } from '../../ui/select';

const USUAL = { quiet_from: '22:00', quiet_to: '07:00' };
const ZONES = Intl.supportedValuesOf('timeZone');
const here = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zones to choose from: browsers do not list all of those that they know. */
const zonesWith = (zone: string): string[] =>
  [...new Set([zone, here(), ...ZONES])].sort((a, b) => a.localeCompare(b));

interface QuietHoursProps {
  settings: NotificationSettings;
  set: (change: Partial<NotificationSettings>) => void;
}

/** When nothing is pushed to devices. */
export function QuietHours({ settings, set }: QuietHoursProps) {
  const isOn = settings.quiet_from !== null;
  const change = (on: boolean) =>
    set(on ? { ...USUAL, time_zone: here() } : { quiet_from: null, quiet_to: null });
  return (
    <>
      <Switch checked={isOn} onChange={change}>
        {t('settings.quietSwitch')}
      </Switch>
      {isOn && <Times settings={settings} set={set} />}
    </>
  );
}

function Times({ settings: { quiet_from, quiet_to, time_zone }, set }: QuietHoursProps) {
  const [from, setFrom] = useState(quiet_from ?? USUAL.quiet_from);
  const [to, setTo] = useState(quiet_to ?? USUAL.quiet_to);
  const save = (quietFrom: string, quietTo: string) => {
    setFrom(quietFrom);
    setTo(quietTo);
    const isWhole = quietFrom !== '' && quietTo !== '';
    if (isWhole && quietFrom !== quietTo) set({ quiet_from: quietFrom, quiet_to: quietTo });
  };
  const error = from === to ? t('settings.quietSame') : undefined;
  return (
    <>
      <div class="quiet-times">
        <TextField
          type="time"
          label={t('settings.quietFrom')}
          value={from}
          onInput={(value) => save(value, to)}
        />
        <TextField
          type="time"
          label={t('settings.quietTo')}
          value={to}
          onInput={(value) => save(from, value)}
          error={error}
        />
      </div>
      <Select
        label={t('settings.timeZone')}
        value={time_zone}
        options={zonesWith(time_zone).map((value) => ({ value, text: value.replaceAll('_', ' ') }))}
        onChange={(zone) => set({ time_zone: zone })}
      />
    </>
  );
}
