import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { useConversation } from './conversation-context';

interface DateDialogProps {
  /** A day to begin with, as an ISO time. */
  from: string;
  onClose: () => void;
}

/** A day as the field for dates has it, by the calendar here. */
function dayValue(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Goes to the first message of a day. */
export function DateDialog({ from, onClose }: DateDialogProps) {
  const { timeline } = useConversation();
  const [day, setDay] = useState(dayValue(new Date(from)));
  const midnight = new Date(`${day}T00:00`);
  const isDay = !Number.isNaN(midnight.getTime());
  const jump = (event: Event) => {
    event.preventDefault();
    if (!isDay) return;
    onClose();
    void timeline.jumpToDate(midnight);
  };
  return (
    <Dialog title={t('conversation.jumpToDate')} onClose={onClose}>
      <form class="stack" onSubmit={jump}>
        <TextField
          type="date"
          label={t('conversation.day')}
          value={day}
          onInput={setDay}
          max={dayValue(new Date())}
          required
          autofocus
        />
        <Button kind="primary" type="submit" wide disabled={!isDay}>
          {t('conversation.jump')}
        </Button>
      </form>
    </Dialog>
  );
}
