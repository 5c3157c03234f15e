import { t } from '../../i18n';
import type { Chat, UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Lock, ShieldAlert } from '../../ui/icons';
import { ask } from './dialogs';
import { encryptionState, isEncrypted } from './encryption';
import { isKeyChangeNew, seenKeyChange } from './key-changes';
import { nameOf, othersIn } from './people';
import { useFreshKeys, useSuspects } from './use-trust';

/** What stands above an encrypted conversation: what keeps it from being read, and changed keys. */
export function ChatBanner({ chat }: { chat: Chat }) {
  if (!isEncrypted(chat.id)) return null;
  switch (encryptionState.value) {
    case 'off':
      return (
        <Closed text={t('encryption.notSetUp')} action={t('encryption.setUp')} kind="set-up" />
      );
    case 'needs_approval':
      return (
        <Closed
          text={t('encryption.cannotReadHere')}
          action={t('encryption.letIn')}
          kind="let-in"
        />
      );
    case 'failed':
      return <div class="banner encryption-banner">{t('encryption.notReached')}</div>;
    case 'ready':
      return <ChangedKeys chat={chat} />;
    default:
      return null;
  }
}

interface ClosedProps {
  text: string;
  action: string;
  kind: 'set-up' | 'let-in';
}

function Closed({ text, action, kind }: ClosedProps) {
  return (
    <div class="banner encryption-banner" role="status">
      <Lock size={20} aria-hidden="true" />
      <span class="spacer">{text}</span>
      <Button kind="primary" onClick={() => void ask({ kind })}>
        {action}
      </Button>
    </div>
  );
}

/** The keys of all members of a group are looked at when something is sent. */
function ChangedKeys({ chat }: { chat: Chat }) {
  const users = othersIn(chat);
  useFreshKeys(chat.chat_type === 'direct' ? users[0] : undefined);
  const suspects = useSuspects(users);
  const others = users.filter((id) => isKeyChangeNew(id) && !suspects.includes(id));
  return (
    <>
      {suspects.map((id) => (
        <KeyChange key={id} userId={id} wasVerified />
      ))}
      {others.map((id) => (
        <KeyChange key={id} userId={id} wasVerified={false} />
      ))}
    </>
  );
}

function KeyChange({ userId, wasVerified }: { userId: UserId; wasVerified: boolean }) {
  const name = nameOf(userId);
  const text = wasVerified ? 'encryption.verifiedChanged' : 'encryption.keysChanged';
  return (
    <div class="banner banner-danger encryption-banner" role="alert">
      <ShieldAlert size={20} aria-hidden="true" />
      <span class="spacer">{t(text, { name })}</span>
      <Button kind="primary" onClick={() => void ask({ kind: 'verify', userId })}>
        {t('encryption.compare')}
      </Button>
      {!wasVerified && (
        <Button onClick={() => seenKeyChange(userId)}>{t('encryption.understood')}</Button>
      )}
    </div>
  );
}
