import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, Invite } from '../../state/types';
import { IconButton } from '../../ui/button';
import { copyText } from '../../ui/copy';
import { Confirm, Dialog } from '../../ui/dialog';
import { Copy, QrCode as QrIcon, Trash2 } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { useTask } from '../../ui/use-task';

const QrCode = lazy(async () => (await import('../../ui/qr-code')).QrCode);

interface InviteRowProps {
  chat: Chat;
  invite: Invite;
  onRevoked: () => void;
}

type Asking = 'qr' | 'revoke' | null;

/** A link: how far it is used, and what can be done with it. */
export function InviteRow({ chat, invite, onRevoked }: InviteRowProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const { busy, run } = useTask();
  const link = session.client.inviteLink(invite);
  const revoke = async () => {
    if (await run(() => session.client.api.revokeInvite(chat.id, invite.code))) onRevoked();
  };
  const close = () => setAsking(null);
  return (
    <div class="invite-row">
      <code class="ellipsis invite-link" dir="ltr" title={link}>
        {link}
      </code>
      <div class="row">
        <span class="quiet small spacer">{standing(invite)}</span>
        <IconButton icon={Copy} label={t('chats.copyInvite')} onClick={() => void copyText(link)} />
        <IconButton icon={QrIcon} label={t('chats.showQr')} onClick={() => setAsking('qr')} />
        <IconButton
          icon={Trash2}
          label={t('chats.revoke')}
          disabled={busy}
          onClick={() => setAsking('revoke')}
        />
      </div>
      {asking === 'qr' && (
        <Dialog title={t('chats.qrTitle', { name: chatName(chat) })} onClose={close}>
          <QrCode text={link} label={t('chats.qrOf', { link })} />
          <p class="quiet small qr-hint">{t('chats.qrHint')}</p>
        </Dialog>
      )}
      {asking === 'revoke' && (
        <Confirm
          title={t('chats.revokeTitle')}
          text={t('chats.revokeText')}
          action={t('chats.revoke')}
          onConfirm={() => void revoke()}
          onClose={close}
        />
      )}
    </div>
  );
}

/** How far a link is used, and until when it is good. */
function standing({ uses, max_uses, expires_at }: Invite): string {
  if (expires_at !== null && Date.parse(expires_at) <= Date.now()) return t('chats.inviteExpired');
  if (max_uses !== null && uses >= max_uses) return t('chats.inviteUsedUp');
  const used =
    max_uses === null
      ? t('chats.inviteUses', { count: uses })
      : t('chats.inviteUsesOf', { count: uses, most: max_uses });
  const until = expires_at === null ? '' : t('chats.inviteUntil', { when: momentOf(expires_at) });
  return until === '' ? used : `${used} · ${until}`;
}
