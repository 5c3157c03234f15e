import { useEffect } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';

/** Who follows an invite link without an account here learns what it is about, and comes back to it. */
export function InviteDoor() {
  const title = t('chats.invitation');
  useEffect(() => setTitle(title), [title]);
  return (
    <main class="auth">
      <div class="auth-card">
        <img src="/app/icon.svg" alt="" width={56} height={56} />
        <h1>{t('chats.invited')}</h1>
        <p class="quiet">{t('chats.invitedText')}</p>
        <a class="button button-primary" href={hrefOf({ name: 'register' })}>
          {t('auth.register')}
        </a>
        <a class="button" href={hrefOf({ name: 'sign-in' })}>
          {t('auth.signIn')}
        </a>
      </div>
    </main>
  );
}
