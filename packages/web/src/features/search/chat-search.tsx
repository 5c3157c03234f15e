import { useState } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import type { Chat, ChatId } from '../../state/types';
import { Empty } from '../../ui/empty';
import { Lock } from '../../ui/icons';
import { isEncrypted } from '../encryption/encryption';
import { LocalHits } from '../encryption/local-hits';
import { Hits } from './hits';
import { SearchForm } from './search-form';
import { useSearch } from './use-search';

/** Searches the messages of one chat, beside it. */
export function ChatSearch({ chat }: { chat: Chat }) {
  const [query, setQuery] = useState('');
  const place = { name: 'search', query, chatId: chat.id } as const;
  const isSecret = isEncrypted(chat.id);
  const search = useSearch(isSecret ? { ...place, query: '' } : place);
  return (
    <div class="chat-search">
      <div class="chat-search-field">
        <SearchForm label={t('search.inChat')} value={query} onChange={setQuery} />
        {!isSecret && (
          <a class="small" href={hrefOf(place)}>
            {t('search.withFilters')}
          </a>
        )}
      </div>
      <div class="scroll">
        {isSecret ? (
          <Secret words={query} chatId={chat.id} />
        ) : (
          <Hits search={search} withChats={false} />
        )}
      </div>
    </div>
  );
}

/** The server cannot search it: this browser does, among what it opened. */
function Secret({ words, chatId }: { words: string; chatId: ChatId }) {
  if (words.trim() !== '') return <LocalHits words={words} chatId={chatId} />;
  return (
    <Empty icon={Lock} title={t('encryption.searchHere')}>
      <p>{t('encryption.searchHereHint')}</p>
    </Empty>
  );
}
