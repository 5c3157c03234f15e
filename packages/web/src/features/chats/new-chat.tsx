import { useEffect, useState } from 'preact/hooks';
import { hrefOf } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { SearchField } from '../../ui/field';
import { MessageCircle, Users } from '../../ui/icons';
import { useFirstFocus } from '../../ui/use-first-focus';
import { openDirect } from './chat-actions';
import { acquaintances, type Chosen } from './choose-people';
import { PageBar } from './page-bar';
import { PersonButton } from './person-row';
import { foundPeople, usePeopleSearch } from './use-people-search';

/** Finds somebody to talk to: one click, and the conversation is open. */
export function NewChat() {
  const [query, setQuery] = useState('');
  const title = t('chats.newChat');
  useEffect(() => setTitle(title), [title]);
  const body = useFirstFocus<HTMLDivElement>();
  const search = usePeopleSearch(query);
  const isIdle = query.trim() === '';
  const people = isIdle ? acquaintances() : foundPeople(search);
  return (
    <section class="pane page" aria-label={title}>
      <PageBar title={title} />
      <div class="scroll">
        <div ref={body} class="page-body">
          <SearchField
            label={t('chats.findPeople')}
            value={query}
            onInput={setQuery}
            autoComplete="off"
          />
          {isIdle && <Shortcuts />}
          <People people={people} isKnown={isIdle} />
          <p class="list-note quiet" role="status">
            {search.state === 'failed' && search.why}
            {search.state === 'found' && people.length === 0 && t('chats.nobodyFound')}
          </p>
        </div>
      </div>
    </section>
  );
}

function Shortcuts() {
  return (
    <div>
      <a class="list-row" href={hrefOf({ name: 'new-group' })}>
        <span class="row-icon">
          <Users size={20} aria-hidden="true" />
        </span>
        <span class="spacer">{t('chats.newGroup')}</span>
      </a>
      <button type="button" class="list-row" onClick={() => void openDirect(session.client.userId)}>
        <span class="row-icon">
          <MessageCircle size={20} aria-hidden="true" />
        </span>
        <span class="spacer">{t('chats.notes')}</span>
      </button>
    </div>
  );
}

function People({ people, isKnown }: { people: readonly Chosen[]; isKnown: boolean }) {
  if (people.length === 0) {
    return isKnown ? <p class="list-note quiet">{t('chats.findHint')}</p> : null;
  }
  return (
    <section aria-label={t('chats.people')}>
      {isKnown && <h2 class="list-heading">{t('chats.recentPeople')}</h2>}
      {people.map((person) => (
        <PersonButton key={person.id} person={person} onPick={() => void openDirect(person.id)} />
      ))}
    </section>
  );
}
