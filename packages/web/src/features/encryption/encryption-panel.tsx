import type { Trust } from '@confab/client/e2ee';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { go } from '../../app/router';
import { type TextKey, t } from '../../i18n';
import type { Chat, UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { Lock, ShieldAlert, ShieldCheck, ShieldQuestion } from '../../ui/icons';
import { acceptKeys } from './blocked-dialog';
import { ChatBanner } from './chat-banner';
import { ask } from './dialogs';
import { openEncryptedDirect } from './encrypted-chats';
import { encryption, encryptionState, isEncrypted, startEncryption } from './encryption';
import { nameOf, othersIn } from './people';
import { useDoing } from './use-doing';
import { useFound } from './use-found';
import { useTrust } from './use-trust';

/** What protects a chat, and how sure one can be of those in it. */
export function EncryptionPanel({ chat }: { chat: Chat }) {
  return (
    <div class="encryption-panel scroll stack">
      {isEncrypted(chat.id) ? <Protected chat={chat} /> : <Open chat={chat} />}
    </div>
  );
}

function Heading({ icon: Icon, children }: { icon: typeof Lock; children: ComponentChildren }) {
  return (
    <h3 class="row">
      <Icon size={20} aria-hidden="true" />
      {children}
    </h3>
  );
}

function Open({ chat }: { chat: Chat }) {
  const { busy, fault, run } = useDoing();
  const [other] = chat.chat_type === 'direct' ? othersIn(chat) : [];
  const start = async () => {
    if (other === undefined) return;
    const made = await openEncryptedDirect(other);
    if (made) go({ name: 'chat', chatId: made.id });
  };
  return (
    <>
      <Heading icon={ShieldAlert}>{t('encryption.notEncrypted')}</Heading>
      <p>{t('encryption.notEncryptedWhat')}</p>
      {other === undefined ? (
        <p class="quiet">{t('encryption.groupStaysOpen')}</p>
      ) : (
        <Button kind="primary" busy={busy} onClick={() => run(start)}>
          <Lock size={18} aria-hidden="true" />
          {t('encryption.startWith', { name: nameOf(other) })}
        </Button>
      )}
      {fault !== null && (
        <p class="field-error" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

function Protected({ chat }: { chat: Chat }) {
  useEffect(() => void startEncryption().catch(() => {}), []);
  const others = othersIn(chat);
  return (
    <>
      <Heading icon={Lock}>{t('encryption.isEncrypted')}</Heading>
      <p>{t('encryption.protects')}</p>
      <p class="quiet">{t('encryption.protectsNot')}</p>
      <ChatBanner chat={chat} />
      {encryptionState.value === 'ready' && (
        <ul class="encryption-members" aria-label={t('encryption.whoReads')}>
          {others.map((userId) => (
            <Member key={userId} userId={userId} />
          ))}
          <li class="quiet small">{t('encryption.andYou')}</li>
        </ul>
      )}
    </>
  );
}

const MARKS: Record<Trust, { icon: typeof Lock; text: TextKey }> = {
  unknown: { icon: ShieldAlert, text: 'encryption.trustUnknown' },
  unverified: { icon: ShieldQuestion, text: 'encryption.trustUnverified' },
  verified: { icon: ShieldCheck, text: 'encryption.trustVerified' },
  changed: { icon: ShieldAlert, text: 'encryption.trustChanged' },
};

function Member({ userId }: { userId: UserId }) {
  const found = useTrust(userId);
  const trust = found.state === 'there' ? found.value : null;
  const { icon: Icon, text } = MARKS[trust ?? 'unverified'];
  return (
    <li class="encryption-member">
      <div class="row">
        <Icon size={20} class={`trust trust-${trust ?? 'waiting'}`} aria-hidden="true" />
        <strong class="spacer ellipsis">{nameOf(userId)}</strong>
      </div>
      <p class="quiet small">
        {trust === null ? t('common.loading') : t(text)} <Devices userId={userId} />
      </p>
      {trust !== null && trust !== 'unknown' && <Actions userId={userId} trust={trust} />}
    </li>
  );
}

function Devices({ userId }: { userId: UserId }) {
  const made = encryption.value;
  const found = useFound(async () => (await made?.contacts.devices(userId)) ?? [], [made, userId]);
  if (found.state !== 'there' || found.value.length === 0) return null;
  return <span>{t('encryption.devicesCount', { count: found.value.length })}</span>;
}

function Actions({ userId, trust }: { userId: UserId; trust: Trust }) {
  const { busy, fault, run } = useDoing();
  return (
    <div class="row">
      <Button onClick={() => void ask({ kind: 'verify', userId })}>
        {t(trust === 'verified' ? 'encryption.showNumber' : 'encryption.compare')}
      </Button>
      {(trust === 'verified' || trust === 'changed') && (
        <Button kind="plain" busy={busy} onClick={() => run(() => acceptKeys([userId]))}>
          {t(trust === 'verified' ? 'encryption.unverify' : 'encryption.accept')}
        </Button>
      )}
      {fault !== null && <span class="field-error">{fault}</span>}
    </div>
  );
}
