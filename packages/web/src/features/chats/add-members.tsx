import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { attempt, faultText } from '../../ui/faults';
import { toast } from '../../ui/toasts';
import { memberChanges } from '../encryption/encrypted-chats';
import { ChoosePeople, type Chosen } from './choose-people';

/** Adds one after the other. @returns those that could not be added: each is told of */
async function addAll(chat: Chat, people: readonly Chosen[]): Promise<Chosen[]> {
  const left: Chosen[] = [];
  const members = await memberChanges(chat.id);
  for (const person of people) {
    await members.add(person.id).catch((fault: unknown) => {
      left.push(person);
      toast(t('chats.notAdded', { name: userName(person), why: faultText(fault) }));
    });
  }
  return left;
}

/** Adds people to a group. Whoever could not be added stays chosen. */
export function AddMembers({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [busy, setBusy] = useState(false);
  const here = new Set(session.members(chat.id).map(({ user_id }) => user_id));
  const add = async () => {
    setBusy(true);
    await attempt(async () => {
      const left = await addAll(chat, chosen);
      setChosen(left);
      if (left.length === 0) onClose();
    });
    setBusy(false);
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button kind="primary" busy={busy} disabled={chosen.length === 0} onClick={() => void add()}>
        {t('chats.add')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('chats.addPeople')} onClose={onClose} actions={actions}>
      <ChoosePeople chosen={chosen} onChange={setChosen} without={here} />
    </Dialog>
  );
}
