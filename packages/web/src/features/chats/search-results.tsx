import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { chatFace, chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, User } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Search } from '../../ui/icons';
import { openDirect } from './chat-actions';
import { matchingChats } from './matching';
import { PersonButton } from './person-row';
import { foundPeople, type PeopleSearch, usePeopleSearch } from './use-people-search';

const SHOWN_CHATS = 50;

interface SearchResultsProps {
  query: string;
  /** One of them was chosen. */
  onDone: () => void;
}

/** What the search field finds: chats here, people on the server, and messages on a page of their own. */
export function SearchResults({ query, onDone }: SearchResultsProps) {
  const chats = matchingChats(session.chats(), query).slice(0, SHOWN_CHATS);
  const search = usePeopleSearch(query);
  const known = new Set(chats.map((chat) => chat.peer?.id));
  const people = foundPeople(search).filter(({ id }) => !known.has(id));
  return (
    <div class="scroll search-results">
      <a class="list-row" href={hrefOf({ name: 'search', query: query.trim() })} onClick={onDone}>
        <span class="row-icon">
          <Search size={20} aria-hidden="true" />
        </span>
        <span class="ellipsis spacer">{t('chats.searchMessages', { query: query.trim() })}</span>
      </a>
      {chats.length > 0 && <FoundChats chats={chats} onDone={onDone} />}
      {people.length > 0 && <FoundPeople people={people} onDone={onDone} />}
      <Outcome search={search} isEmpty={chats.length + people.length === 0} />
    </div>
  );
}

function FoundChats({ chats, onDone }: { chats: readonly Chat[]; onDone: () => void }) {
  return (
    <section aria-label={t('chats.title')}>
      <h2 class="list-heading">{t('chats.title')}</h2>
      {chats.map((chat) => (
        <a
          key={chat.id}
          class="list-row"
          href={hrefOf({ name: 'chat', chatId: chat.id })}
          onClick={onDone}
        >
          <Avatar of={chatFace(chat)} name={chatName(chat)} size={40} />
          <span class="ellipsis spacer">
            <bdi>{chatName(chat)}</bdi>
          </span>
        </a>
      ))}
    </section>
  );
}

function FoundPeople({ people, onDone }: { people: readonly User[]; onDone: () => void }) {
  const open = async (person: User) => {
    if (await openDirect(person.id)) onDone();
  };
  return (
    <section aria-label={t('chats.people')}>
      <h2 class="list-heading">{t('chats.people')}</h2>
      {people.map((person) => (
        <PersonButton key={person.id} person={person} onPick={() => void open(person)} />
      ))}
    </section>
  );
}

function Outcome({ search, isEmpty }: { search: PeopleSearch; isEmpty: boolean }) {
  return (
    <p class="list-note quiet" role="status">
      {search.state === 'failed' && search.why}
      {search.state === 'found' && isEmpty && t('chats.nobodyFound')}
    </p>
  );
}
