import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { TextArea } from '../../ui/text-area';
import { useFirstFocus } from '../../ui/use-first-focus';
import { useTask } from '../../ui/use-task';

export const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 1_000;

/** What has changed: what others changed meanwhile stays. */
function changesOf(chat: Chat, name: string, description: string) {
  const text = description.trim() === '' ? null : description.trim();
  return {
    ...(name.trim() === chat.name ? {} : { name: name.trim() }),
    ...(text === chat.description ? {} : { description: text }),
  };
}

/** Changes a group's name and description. */
export function GroupForm({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const [before] = useState(chat);
  const [name, setName] = useState(chat.name ?? '');
  const [description, setDescription] = useState(chat.description ?? '');
  const { busy, run } = useTask();
  const form = useFirstFocus<HTMLFormElement>();
  const save = async (event: Event) => {
    event.preventDefault();
    const changes = changesOf(before, name, description);
    const isSame = Object.keys(changes).length === 0;
    if (isSame || (await run(() => session.client.api.updateChat(chat.id, changes)))) onDone();
  };
  return (
    <form ref={form} class="info-section stack" onSubmit={(event) => void save(event)}>
      <TextField
        label={t('chats.groupName')}
        value={name}
        onInput={setName}
        maxLength={LONGEST_NAME}
        autoComplete="off"
        required
      />
      <TextArea
        label={t('chats.description')}
        value={description}
        onInput={setDescription}
        maxLength={LONGEST_DESCRIPTION}
      />
      <div class="row form-buttons">
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={name.trim() === ''}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
