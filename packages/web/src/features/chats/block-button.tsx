import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { block, unblock, useBlockedUsers } from '../../state/blocks';
import type { UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/dialog';
import { Ban } from '../../ui/icons';
import { useTask } from '../../ui/use-task';

interface BlockButtonProps {
  userId: UserId;
  name: string;
  onChange?: () => void;
}

/** Blocks somebody, which is asked for twice, or lets them be heard again. */
export function BlockButton({ userId, name, onChange }: BlockButtonProps) {
  const users = useBlockedUsers();
  const [isAsking, setAsking] = useState(false);
  const { busy, run } = useTask();
  const blocked = users?.has(userId) ?? false;
  const set = async (to: boolean) => {
    if (await run(() => (to ? block(userId) : unblock(userId)))) onChange?.();
  };
  return (
    <>
      <Button
        busy={busy}
        disabled={users === null}
        onClick={() => (blocked ? void set(false) : setAsking(true))}
      >
        <Ban size={18} aria-hidden="true" />
        {blocked ? t('chats.unblock') : t('chats.block')}
      </Button>
      {isAsking && (
        <Confirm
          title={t('chats.blockTitle', { name })}
          text={t('chats.blockText')}
          action={t('chats.block')}
          onConfirm={() => void set(true)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
