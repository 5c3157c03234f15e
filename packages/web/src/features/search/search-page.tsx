import { useEffect, useState } from 'preact/hooks';
import { BackButton } from '../../app/back-button';
import { go } from '../../app/router';
import type { SearchPlace } from '../../app/search-place';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { SlidersHorizontal } from '../../ui/icons';
import { LocalHits } from '../encryption/local-hits';
import { Filters, hasFilters } from './filters';
import { Hits } from './hits';
import { SearchForm } from './search-form';
import { useSearch } from './use-search';

const hasRoom = () => matchMedia('(min-width: 721px)').matches;

/** Searches the messages of all chats. Words and filters are in the address. */
export function SearchPage({ place }: { place: SearchPlace }) {
  const search = useSearch(place);
  const [isOpen, setOpen] = useState(() => hasRoom() || hasFilters(place));
  const change = (next: SearchPlace) => go(next, { replace: true });
  useEffect(() => setTitle(t('search.title')), []);
  return (
    <section class="pane" aria-label={t('search.title')}>
      <h1 class="unseen">{t('search.title')}</h1>
      <header class="bar">
        <BackButton class="back" />
        <SearchForm
          label={t('search.messages')}
          value={place.query}
          onChange={(query) => change({ ...place, query })}
        />
        <IconButton
          icon={SlidersHorizontal}
          label={t('search.filters')}
          aria-expanded={isOpen}
          aria-controls="search-filters"
          onClick={() => setOpen(!isOpen)}
        />
      </header>
      <div id="search-filters">{isOpen && <Filters place={place} onChange={change} />}</div>
      <div class="scroll">
        <LocalHits words={place.query} chatId={place.chatId} />
        <Hits search={search} withChats />
      </div>
    </section>
  );
}
