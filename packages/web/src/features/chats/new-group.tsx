import { useEffect, useState } from 'preact/hooks';
import { go } from '../../app/router';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { TextField } from '../../ui/field';
import { Users } from '../../ui/icons';
import { PictureField } from '../../ui/picture-field';
import { useFirstFocus } from '../../ui/use-first-focus';
import { useTask } from '../../ui/use-task';
import { createEncrypted } from '../encryption/encrypted-chats';
import { EncryptedSwitch } from '../encryption/encrypted-switch';
import { ChoosePeople, type Chosen } from './choose-people';
import { PageBar } from './page-bar';
import { useObjectUrl } from './use-object-url';

const LONGEST_NAME = 100;

interface NewGroupDraft {
  readonly name: string;
  readonly picture: File | null;
  readonly members: readonly Chosen[];
  readonly isEncrypted: boolean;
}

const EMPTY: NewGroupDraft = { name: '', picture: null, members: [], isEncrypted: false };

/** Makes the group. A picture that is refused is told of, and the group is there without it. */
async function create({ name, picture, members, isEncrypted }: NewGroupDraft): Promise<void> {
  const group = { name: name.trim(), members: members.map(({ id }) => id) };
  const chat = isEncrypted
    ? await createEncrypted(group)
    : await session.client.createGroup(group.name, group.members);
  if (!chat) return;
  if (picture) await attempt(() => session.client.setChatAvatar(chat.id, picture));
  go({ name: 'chat', chatId: chat.id }, { replace: true });
}

/** A group: its name, its picture, and who is in it. */
export function NewGroup() {
  const [draft, setDraft] = useState(EMPTY);
  const change = (part: Partial<NewGroupDraft>) => setDraft((before) => ({ ...before, ...part }));
  const title = t('chats.newGroup');
  useEffect(() => setTitle(title), [title]);
  const form = useFirstFocus<HTMLFormElement>();
  const { busy, run } = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(() => create(draft));
  };
  return (
    <section class="pane page" aria-label={title}>
      <PageBar title={title} above={{ name: 'new-chat' }} />
      <form ref={form} class="group-form" onSubmit={submit}>
        <div class="scroll">
          <div class="page-body">
            <div class="group-face">
              <GroupPicture picture={draft.picture} onPick={(picture) => change({ picture })} />
              <TextField
                label={t('chats.groupName')}
                value={draft.name}
                onInput={(name) => change({ name })}
                maxLength={LONGEST_NAME}
                autoComplete="off"
                required
              />
            </div>
            <EncryptedSwitch
              checked={draft.isEncrypted}
              onChange={(isEncrypted) => change({ isEncrypted })}
            />
            <ChoosePeople chosen={draft.members} onChange={(members) => change({ members })} />
          </div>
        </div>
        <footer class="page-foot">
          <Button kind="primary" type="submit" busy={busy} disabled={draft.name.trim() === ''}>
            {t('chats.createGroup')}
          </Button>
        </footer>
      </form>
    </section>
  );
}

function GroupPicture({ picture, onPick }: { picture: File | null; onPick: (file: File) => void }) {
  const url = useObjectUrl(picture);
  return (
    <PictureField label={t('chats.choosePicture')} onPick={onPick}>
      <span class="group-picture">
        {url === null ? <Users size={28} aria-hidden="true" /> : <img src={url} alt="" />}
      </span>
    </PictureField>
  );
}
