import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { User, UserId } from '../../state/types';
import { SearchField } from '../../ui/field';
import { X } from '../../ui/icons';
import { PersonLine } from './person-row';
import { foundPeople, usePeopleSearch } from './use-people-search';

export type Chosen = Pick<User, 'id' | 'username' | 'full_name' | 'avatar_url'>;

/** People one talks to already, the last talked to first. */
export function acquaintances(): Chosen[] {
  const self = session.client.userId;
  const peers = session.chats().flatMap(({ peer }) => (peer && peer.id !== self ? [peer] : []));
  // There may be an encrypted chat with somebody beside the open one.
  return [...new Map(peers.map((peer) => [peer.id, peer])).values()];
}

interface ChoosePeopleProps {
  chosen: readonly Chosen[];
  onChange: (chosen: Chosen[]) => void;
  /** People who are in already. */
  without?: ReadonlySet<UserId>;
}

const NOBODY: ReadonlySet<UserId> = new Set();

/** Chooses several people: those one knows, or whom a search finds. */
export function ChoosePeople({ chosen, onChange, without = NOBODY }: ChoosePeopleProps) {
  const [query, setQuery] = useState('');
  const search = usePeopleSearch(query);
  const found = query.trim() === '' ? acquaintances() : foundPeople(search);
  const people = found.filter(({ id }) => !without.has(id) && id !== session.client.userId);
  const ids = new Set(chosen.map(({ id }) => id));
  const drop = (id: UserId) => onChange(chosen.filter((one) => one.id !== id));
  const toggle = (person: Chosen) =>
    ids.has(person.id) ? drop(person.id) : onChange([...chosen, person]);
  /** The first one found; the form around is not sent. */
  const onKeyDown = (event: KeyboardEvent) => {
    const [first] = people;
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (!first || search.state !== 'found') return;
    toggle(first);
    setQuery('');
  };
  return (
    <div class="choose-people">
      <SearchField
        label={t('chats.findPeople')}
        value={query}
        onInput={setQuery}
        autoComplete="off"
        onKeyDown={onKeyDown}
      />
      {chosen.length > 0 && <Chips chosen={chosen} onDrop={drop} />}
      <ul class="choose-list">
        {people.map((person) => (
          <li key={person.id}>
            <label class="list-row choose-row">
              <PersonLine person={person}>
                <input
                  type="checkbox"
                  class="tick-box"
                  checked={ids.has(person.id)}
                  onChange={() => toggle(person)}
                />
              </PersonLine>
            </label>
          </li>
        ))}
      </ul>
      <p class="list-note quiet" role="status">
        {people.length === 0 && query.trim() === '' && t('chats.findHint')}
        {search.state === 'failed' && search.why}
        {search.state === 'found' && people.length === 0 && t('chats.nobodyFound')}
      </p>
    </div>
  );
}

function Chips({ chosen, onDrop }: { chosen: readonly Chosen[]; onDrop: (id: UserId) => void }) {
  return (
    <ul class="chips" aria-label={t('chats.chosen')}>
      {chosen.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            class="chip"
            onClick={() => onDrop(person.id)}
            aria-label={t('chats.dropPerson', { name: userName(person) })}
          >
            <span class="ellipsis">{userName(person)}</span>
            <X size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
