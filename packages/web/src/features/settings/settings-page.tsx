import { useEffect, useRef } from 'preact/hooks';
import { BackButton } from '../../app/back-button';
import { hrefOf, type SettingsPage as Page, SETTINGS_PAGES } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { ChevronRight } from '../../ui/icons';
import { PAGES } from './pages';

const FIRST: Page = 'profile';

/** All settings: a list of pages, and beside it, or in its place where it is narrow, one of them. */
export function SettingsPage({ page }: { page: Page | null }) {
  const shown = PAGES[page ?? FIRST];
  const title = t((page && shown?.title) ?? 'settings.title');
  useEffect(() => setTitle(title), [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (page !== null) takeLostFocus(heading.current);
  }, [page]);
  return (
    <div class="settings-box">
      <div class="settings" data-page={page ?? 'none'}>
        <Contents current={page ?? FIRST} isAlone={page === null} />
        <section class="settings-page" aria-labelledby="settings-page-title">
          <header class="bar">
            <BackButton above={{ name: 'settings', page: null }} class="settings-back" />
            <h1 id="settings-page-title" ref={heading} tabIndex={-1}>
              {t(shown?.title ?? 'settings.title')}
            </h1>
          </header>
          <div class="scroll" key={page}>
            <div class="settings-content">{shown && <shown.Content />}</div>
          </div>
        </section>
      </div>
    </div>
  );
}

/** On narrow screens the link that was followed is gone: the page's title takes the focus over. */
function takeLostFocus(heading: HTMLElement | null): void {
  const now = document.activeElement;
  const isThere = now instanceof HTMLElement && now !== document.body && now.offsetParent !== null;
  if (!isThere) heading?.focus();
}

/** @param isAlone on narrow screens there is nothing beside it: it is the page's heading */
function Contents({ current, isAlone }: { current: Page; isAlone: boolean }) {
  const Title = isAlone ? 'h1' : 'h2';
  return (
    <nav class="settings-nav" aria-labelledby="settings-title">
      <header class="bar">
        <BackButton class="back" />
        <Title id="settings-title">{t('settings.title')}</Title>
      </header>
      <ul class="scroll settings-list">
        {SETTINGS_PAGES.map((page) => (
          <ContentsRow key={page} page={page} isCurrent={page === current} />
        ))}
      </ul>
    </nav>
  );
}

function ContentsRow({ page, isCurrent }: { page: Page; isCurrent: boolean }) {
  const listed = PAGES[page];
  if (!listed) return null;
  const { title, icon: Icon } = listed;
  return (
    <li>
      <a
        class="list-row settings-link"
        href={hrefOf({ name: 'settings', page })}
        aria-current={isCurrent ? 'page' : undefined}
      >
        <Icon size={20} aria-hidden="true" />
        <span class="list-row-text">{t(title)}</span>
        <ChevronRight size={18} aria-hidden="true" class="settings-onward" />
      </a>
    </li>
  );
}
