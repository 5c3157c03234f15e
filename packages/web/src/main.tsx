import { render } from 'preact';
import { App } from './app/app';
import { startRouter } from './app/router';
import { startWorker } from './app/service-worker';
import { textSize } from './app/text-size';
import { theme } from './app/theme';
import { followTitle } from './app/title';
import { startDrafts } from './features/composer/drafts';
import { followEncryption } from './features/encryption/encryption';
import { followNotifications } from './features/notifications/follow';
import { preferredLanguage, t, useLanguage } from './i18n';
import { session } from './state/session';
import { toast } from './ui/toasts';

function tellIfNothingIsKept(): void {
  session.isKept.subscribe((isKept) => isKept || toast(t('common.notKept')));
}

async function main(): Promise<void> {
  followEncryption();
  theme.start();
  textSize.start();
  startRouter();
  startDrafts();
  // Both at once: the texts of another language are one more file.
  await Promise.all([useLanguage(preferredLanguage()).catch(() => {}), session.start()]);
  followTitle();
  const root = document.getElementById('app');
  if (root) render(<App />, root);
  session.followBrowser();
  tellIfNothingIsKept();
  startWorker();
  followNotifications();
}

void main();
