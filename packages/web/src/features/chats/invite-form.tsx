import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { durationOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat, Invite } from '../../state/types';
import { Button } from '../../ui/button';
import { Select } from '../../ui/select';
import { useTask } from '../../ui/use-task';

/** In seconds. 0: it is good for ever. */
const LENGTHS = [0, 3_600, 86_400, 7 * 86_400, 28 * 86_400];
/** 0: as many as like. */
const USES = [0, 1, 5, 10, 100];

interface InviteFormProps {
  chat: Chat;
  onMade: (invite: Invite) => void;
  onCancel: () => void;
}

/** Makes a link, for as long and as many as one wants. */
export function InviteForm({ chat, onMade, onCancel }: InviteFormProps) {
  const [seconds, setSeconds] = useState(7 * 86_400);
  const [uses, setUses] = useState(0);
  const { busy, run } = useTask();
  const form = useRef<HTMLFormElement>(null);
  // It opens near the end of a pane that scrolls.
  useEffect(() => form.current?.scrollIntoView({ block: 'nearest' }), []);
  const make = (event: Event) => {
    event.preventDefault();
    const limits = { expires_in: seconds || null, max_uses: uses || null };
    void run(async () => onMade(await session.client.api.createInvite(chat.id, limits)));
  };
  return (
    <form ref={form} class="stack invite-form" onSubmit={make}>
      <Select
        label={t('chats.inviteLasts')}
        value={seconds}
        onChange={setSeconds}
        options={LENGTHS.map((value) => ({
          value,
          text: value === 0 ? t('chats.forEver') : durationOf(value),
        }))}
      />
      <Select
        label={t('chats.inviteFor')}
        value={uses}
        onChange={setUses}
        options={USES.map((value) => ({
          value,
          text: value === 0 ? t('chats.anyNumber') : t('chats.personCount', { count: value }),
        }))}
      />
      <div class="row form-buttons">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={busy}>
          {t('chats.makeInvite')}
        </Button>
      </div>
    </form>
  );
}
