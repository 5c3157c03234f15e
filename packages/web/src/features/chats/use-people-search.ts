import { useEffect, useState } from 'preact/hooks';
import { session } from '../../state/session';
import type { User } from '../../state/types';
import { faultText } from '../../ui/faults';

/** What a search for people has come to. */
export type PeopleSearch =
  | { readonly state: 'idle' }
  | { readonly state: 'searching'; readonly people: readonly User[] }
  | { readonly state: 'found'; readonly people: readonly User[] }
  | { readonly state: 'failed'; readonly why: string };

/** A pause in typing that is worth a question. */
const PAUSE_MS = 200;
const SHOWN = 20;
/** Longer names there are none. */
const MOST_LETTERS = 64;

const IDLE: PeopleSearch = { state: 'idle' };

/** The words that the server is asked for: an @ before a name is not of the name. */
const wordsOf = (query: string): string => query.trim().replace(/^@/, '').slice(0, MOST_LETTERS);

/** Finds people by the beginnings of their names, once the user pauses. Never shows an older answer. */
export function usePeopleSearch(query: string): PeopleSearch {
  const words = wordsOf(query);
  const [search, setSearch] = useState<PeopleSearch>(IDLE);
  useEffect(() => {
    if (words === '') return setSearch(IDLE);
    setSearch((before) => ({
      state: 'searching',
      people: 'people' in before ? before.people : [],
    }));
    let isOver = false;
    const say = (outcome: PeopleSearch) => isOver || setSearch(outcome);
    const ask = () =>
      session.client.api.searchUsers(words, { limit: SHOWN }).then(
        ({ items }) => say({ state: 'found', people: items }),
        (fault: unknown) => say({ state: 'failed', why: faultText(fault) }),
      );
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [words]);
  return search;
}

/** Those that a search has found so far. */
export const foundPeople = (search: PeopleSearch): readonly User[] =>
  'people' in search ? search.people : [];
