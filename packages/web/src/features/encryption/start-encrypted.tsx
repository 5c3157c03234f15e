import { go } from '../../app/router';
import { t } from '../../i18n';
import type { UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { faultText } from '../../ui/faults';
import { Lock } from '../../ui/icons';
import { toast } from '../../ui/toasts';
import { openEncryptedDirect } from './encrypted-chats';
import { useDoing } from './use-doing';

/** Opens the encrypted chat with somebody, for their page. */
export function StartEncrypted({ userId }: { userId: UserId }) {
  const { busy, run } = useDoing();
  const start = async () => {
    try {
      const chat = await openEncryptedDirect(userId);
      if (chat) go({ name: 'chat', chatId: chat.id });
    } catch (fault) {
      toast(faultText(fault));
    }
  };
  return (
    <Button busy={busy} onClick={() => run(start)}>
      <Lock size={18} aria-hidden="true" />
      {t('encryption.startEncrypted')}
    </Button>
  );
}
