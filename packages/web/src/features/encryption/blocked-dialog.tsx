import { t } from '../../i18n';
import type { ChatId, UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Loading } from '../../ui/empty';
import { ask } from './dialogs';
import { startEncryption } from './encryption';
import { seenKeyChange } from './key-changes';
import { chatOf, nameOf, othersIn } from './people';
import { useDoing } from './use-doing';
import { useSuspects } from './use-trust';
import { trustVersions } from './versions';

interface BlockedDialogProps {
  chatId: ChatId;
  onDone: (done: boolean) => void;
}

/** Goes on with keys that nobody compared. */
export async function acceptKeys(userIds: readonly UserId[]): Promise<void> {
  const { contacts } = await startEncryption();
  for (const userId of userIds) {
    await contacts.accept(userId);
    seenKeyChange(userId);
    trustVersions.touch(userId);
  }
}

/** Nothing is sent to a verified contact whose keys changed, until the user has decided. */
export function BlockedDialog({ chatId, onDone }: BlockedDialogProps) {
  const chat = chatOf(chatId);
  const suspects = useSuspects(chat ? othersIn(chat) : []);
  const { busy, fault, run } = useDoing();
  const [first] = suspects;
  const compare = async () => {
    if (first === undefined) return onDone(true);
    const isSame = await ask({ kind: 'verify', userId: first });
    if (isSame && suspects.length === 1) onDone(true);
  };
  const accept = () =>
    run(async () => {
      await acceptKeys(suspects);
      onDone(true);
    });
  const actions = (
    <>
      <Button onClick={() => onDone(false)}>{t('encryption.dontSend')}</Button>
      <Button kind="danger" busy={busy} onClick={accept}>
        {t('encryption.acceptAndSend')}
      </Button>
      <Button kind="primary" autofocus onClick={() => void compare()}>
        {t('encryption.compare')}
      </Button>
    </>
  );
  const names = suspects.map(nameOf).join(', ');
  return (
    <Dialog
      title={t('encryption.blockedTitle')}
      onClose={() => onDone(false)}
      actions={first !== undefined && actions}
    >
      {first === undefined ? (
        <Loading />
      ) : (
        <div class="stack">
          <p>{t('encryption.blockedWhat', { name: names })}</p>
          <p>{t('encryption.changedWhy')}</p>
          {fault !== null && <p class="field-error">{fault}</p>}
        </div>
      )}
    </Dialog>
  );
}
