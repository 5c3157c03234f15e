import { useRef, useState } from 'preact/hooks';
import { route } from '../../app/router';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';
import { Empty } from '../../ui/empty';
import { SearchField } from '../../ui/field';
import { MessageCirclePlus } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { useEvents } from '../../ui/use-events';
import { NotificationBell } from '../notifications/bell';
import { OwnMenu } from '../people/own-menu';
import { ChatRows } from './chat-rows';
import { useRemovalNotice } from './removal-notice';

const SearchResults = lazy(async () => (await import('./search-results')).SearchResults);

/** The chats, the last active first, and the search for chats, people and messages. */
export function ChatSidebar({ current }: { current: ChatId | null }) {
  const [query, setQuery] = useState('');
  const box = useRef<HTMLDivElement>(null);
  useRemovalNotice();
  const keydown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setQuery('');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveAmong(box.current, event);
  };
  useEvents(box, { keydown });
  return (
    <div ref={box} class="chat-sidebar">
      <Head isAlone={route.value.name === 'home'} />
      <search class="sidebar-search">
        <SearchField
          label={t('chats.searchAll')}
          value={query}
          onInput={setQuery}
          autoComplete="off"
          maxLength={100}
        />
      </search>
      {query.trim() === '' ? (
        <List current={current} />
      ) : (
        <SearchResults query={query} onDone={() => setQuery('')} />
      )}
    </div>
  );
}

/** @param isAlone on narrow screens there is nothing beside it: it is the page's heading */
function Head({ isAlone }: { isAlone: boolean }) {
  return (
    <header class="bar">
      <OwnMenu />
      {isAlone ? <h1>{t('chats.title')}</h1> : <h2>{t('chats.title')}</h2>}
      <NotificationBell />
      <a
        class="icon-button"
        href={hrefOf({ name: 'new-chat' })}
        title={t('chats.newChat')}
        aria-label={t('chats.newChat')}
      >
        <MessageCirclePlus size={20} aria-hidden="true" />
      </a>
    </header>
  );
}

function List({ current }: { current: ChatId | null }) {
  if (session.chats().length > 0) return <ChatRows current={current} />;
  // Whether there are none is known once the server said so.
  return session.connection.value.name === 'online' ? <NoChats /> : <Skeleton />;
}

/** As long as nothing is known of the chats, their places. */
function Skeleton() {
  return (
    <div class="scroll chat-skeleton" role="status" aria-label={t('common.loading')}>
      {[1, 2, 3, 4, 5, 6].map((row) => (
        <span key={row} />
      ))}
    </div>
  );
}

function NoChats() {
  return (
    <Empty icon={MessageCirclePlus} title={t('chats.none')}>
      <p>{t('chats.noneHint')}</p>
      <a class="button button-primary" href={hrefOf({ name: 'new-chat' })}>
        {t('chats.newChat')}
      </a>
    </Empty>
  );
}

/** From the search field into what it found, and on. The list of chats does this by itself. */
function moveAmong(box: HTMLElement | null, event: KeyboardEvent): void {
  if (!box || event.defaultPrevented) return;
  const selector = 'input[type=search], .search-results .list-row, .chat-row[tabindex="0"]';
  const stops = [...box.querySelectorAll<HTMLElement>(selector)];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
