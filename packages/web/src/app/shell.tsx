import { ChatSidebar } from '../features/chats/sidebar';
import { EncryptionSlot } from '../features/encryption/slot';
import { t } from '../i18n';
import { lazy } from '../ui/lazy';
import { ConnectionBar } from './connection-bar';
import { ErrorBoundary } from './error-boundary';
import { Home } from './home';
import { narrow } from './narrow';
import { NotFound } from './not-found';
import { route } from './router';
import { hrefOf, type Route } from './routes';

const NewChat = lazy(async () => (await import('../features/chats/new-chat')).NewChat);
const NewGroup = lazy(async () => (await import('../features/chats/new-group')).NewGroup);
const InvitePage = lazy(async () => (await import('../features/chats/invite-page')).InvitePage);
const SearchPage = lazy(async () => (await import('../features/search/search-page')).SearchPage);
const Inbox = lazy(async () => (await import('../features/notifications/inbox')).Inbox);
const PersonPage = lazy(async () => (await import('../features/people/person-card')).PersonPage);
const StartEncrypted = lazy(
  async () => (await import('../features/encryption/start-encrypted')).StartEncrypted,
  null,
);
const SettingsPage = lazy(
  async () => (await import('../features/settings/settings-page')).SettingsPage,
);
const ChatPage = lazy(async () => (await import('../features/conversation/chat-page')).ChatPage);

/** What the large pane shows at a place. */
function Main({ place }: { place: Route }) {
  switch (place.name) {
    case 'chat':
      return <ChatPage key={place.chatId} place={place} />;
    case 'search':
      return <SearchPage place={place} />;
    case 'notifications':
      return <Inbox />;
    case 'person':
      return (
        <PersonPage key={place.userId} userId={place.userId} StartEncrypted={StartEncrypted} />
      );
    case 'settings':
      return <SettingsPage page={place.page} />;
    case 'home':
      return <Home />;
    case 'new-chat':
      return <NewChat />;
    case 'new-group':
      return <NewGroup />;
    case 'invite':
      return <InvitePage key={place.code} code={place.code} />;
    default:
      return <NotFound />;
  }
}

/** The list of chats, and beside it where the user is. */
export function Shell() {
  const place = route.value;
  const isListAlone = narrow.value && place.name === 'home';
  return (
    <div class="shell" data-pane={place.name === 'home' ? 'list' : 'main'}>
      <a class="skip-link" href="#main">
        {t('common.skipToContent')}
      </a>
      <ConnectionBar />
      <EncryptionSlot />
      <div class="sidebar" role={isListAlone ? 'main' : undefined}>
        <nav class="chat-nav" aria-label={t('chats.title')}>
          <ErrorBoundary resetKey="">
            <ChatSidebar current={place.name === 'chat' ? place.chatId : null} />
          </ErrorBoundary>
        </nav>
      </div>
      <main class="main" id="main" tabIndex={-1}>
        <ErrorBoundary resetKey={hrefOf(place)}>
          <Main place={place} />
        </ErrorBoundary>
      </main>
    </div>
  );
}
