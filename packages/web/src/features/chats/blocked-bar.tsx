import { t } from '../../i18n';
import { unblock } from '../../state/blocks';
import type { UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Ban } from '../../ui/icons';
import { useTask } from '../../ui/use-task';

/** In the place of the field for messages, which nobody could send to somebody who is blocked. */
export function BlockedBar({ userId, name }: { userId: UserId; name: string }) {
  const { busy, run } = useTask();
  return (
    <div class="blocked-bar">
      <Ban size={18} aria-hidden="true" />
      <span class="spacer">{t('chats.youBlocked', { name })}</span>
      <Button busy={busy} onClick={() => void run(() => unblock(userId))}>
        {t('chats.unblock')}
      </Button>
    </div>
  );
}
