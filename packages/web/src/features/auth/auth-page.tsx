import { useEffect } from 'preact/hooks';
import { route } from '../../app/router';
import { hrefOf } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { LanguageRow } from './language-row';
import { RegisterForm } from './register-form';
import { SignInForm } from './sign-in-form';

/** Why somebody has to sign in again. */
function Ending() {
  switch (session.ending.value) {
    case 'left':
      return null;
    case 'ended':
      return <p class="banner banner-info">{t('auth.sessionEnded')}</p>;
    case 'expired':
      return <p class="banner banner-info">{t('auth.signedOut')}</p>;
  }
}

/** Where people come in. */
export function AuthPage() {
  const isNew = route.value.name === 'register';
  const heading = isNew ? t('auth.register') : t('auth.signIn');
  useEffect(() => setTitle(heading), [heading]);
  return (
    <main class="auth">
      <div class="auth-card">
        <img src="/app/icon.svg" alt="" width={56} height={56} />
        <h1>{t('auth.welcome')}</h1>
        <Ending />
        {isNew ? <RegisterForm /> : <SignInForm />}
        <p class="quiet">
          {isNew ? t('auth.haveAccount') : t('auth.newHere')}{' '}
          <a href={hrefOf({ name: isNew ? 'sign-in' : 'register' })}>
            {isNew ? t('auth.signIn') : t('auth.register')}
          </a>
        </p>
        <LanguageRow />
      </div>
    </main>
  );
}
