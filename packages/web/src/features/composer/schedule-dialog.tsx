import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { atHour, localText, nextMonday } from './moments';

interface ScheduleDialogProps {
  onSchedule: (iso: string) => void;
  onClose: () => void;
}

/** Asks when a message shall be sent. */
export function ScheduleDialog({ onSchedule, onClose }: ScheduleDialogProps) {
  const [now] = useState(() => new Date());
  const [text, setText] = useState(() => localText(atHour(now, 1, 9)));
  const at = new Date(text);
  const error = faultOf(at, now);
  const choose = () => {
    onClose();
    onSchedule(at.toISOString());
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button kind="primary" disabled={error !== undefined} onClick={choose}>
        {t('composer.schedule')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('composer.scheduleTitle')} onClose={onClose} actions={actions}>
      <div class="stack">
        <Quick now={now} onChoose={(date) => setText(localText(date))} />
        <TextField
          label={t('composer.scheduleAt')}
          type="datetime-local"
          value={text}
          min={localText(now)}
          onInput={setText}
          error={error}
          hint={error === undefined ? momentOf(at.toISOString()) : undefined}
        />
      </div>
    </Dialog>
  );
}

const YEAR_MS = 365 * 86_400_000;

function faultOf(at: Date, now: Date): string | undefined {
  if (Number.isNaN(at.getTime())) return t('composer.scheduleNoTime');
  if (at.getTime() <= now.getTime()) return t('composer.schedulePast');
  return at.getTime() - now.getTime() > YEAR_MS ? t('composer.scheduleFar') : undefined;
}

function Quick({ now, onChoose }: { now: Date; onChoose: (date: Date) => void }) {
  const choices = [
    { text: t('composer.inAnHour'), date: new Date(now.getTime() + 3_600_000) },
    { text: t('composer.tomorrow'), date: atHour(now, 1, 9) },
    { text: t('composer.nextMonday'), date: nextMonday(now) },
  ];
  return (
    <div class="row quick-times">
      {choices.map(({ text, date }) => (
        <Button key={text} onClick={() => onChoose(date)}>
          {text}
        </Button>
      ))}
    </div>
  );
}
