import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import type { User, UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Flag, MessageCircle, Pencil } from '../../ui/icons';
import { useTask } from '../../ui/use-task';
import { BlockButton } from '../chats/block-button';
import { openDirect } from '../chats/chat-actions';
import { ReportDialog } from './report-dialog';

interface MainActionsProps {
  user: User;
  isSelf: boolean;
  /** The button that opens the encrypted chat with somebody. */
  StartEncrypted?: ComponentType<{ userId: UserId }> | undefined;
}

/** What one comes to a profile for. */
export function MainActions({ user, isSelf, StartEncrypted }: MainActionsProps) {
  const { busy, run } = useTask();
  return (
    <div class="person-actions">
      {isSelf && (
        <a class="button button-primary" href={hrefOf({ name: 'settings', page: 'profile' })}>
          <Pencil size={18} aria-hidden="true" />
          {t('people.editProfile')}
        </a>
      )}
      <Button
        kind={isSelf ? 'quiet' : 'primary'}
        busy={busy}
        onClick={() => void run(() => openDirect(user.id))}
      >
        <MessageCircle size={18} aria-hidden="true" />
        {isSelf ? t('chats.notes') : t('people.message')}
      </Button>
      {StartEncrypted && !isSelf && <StartEncrypted userId={user.id} />}
    </div>
  );
}

/** What keeps somebody away. */
export function SafetyActions({ user, onBlocked }: { user: User; onBlocked: () => void }) {
  const [isReporting, setReporting] = useState(false);
  const name = userName(user);
  return (
    <div class="person-actions">
      <BlockButton userId={user.id} name={name} onChange={onBlocked} />
      <Button onClick={() => setReporting(true)}>
        <Flag size={18} aria-hidden="true" />
        {t('people.report')}
      </Button>
      {isReporting && (
        <ReportDialog
          target={{ user_id: user.id }}
          name={name}
          onClose={() => setReporting(false)}
        />
      )}
    </div>
  );
}
