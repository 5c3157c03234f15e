import { useEffect, useRef, useState } from 'preact/hooks';
import { type SearchPlace, searchParamsOf } from '../../app/search-place';
import { session } from '../../state/session';
import type { SearchHit } from '../../state/types';
import { optionsOf } from './query';

interface Found {
  readonly hits: readonly SearchHit[];
  readonly status: 'idle' | 'loading' | 'ready' | 'failed';
  readonly fault?: unknown;
  readonly cursor: string | null;
  /** How many chats the server cannot search. */
  readonly encryptedChats: number;
}

const PAGE = 30;
const NOTHING: Found = { hits: [], status: 'idle', cursor: null, encryptedChats: 0 };

/** Pages until there is something to show: one may be empty though more follow. */
async function pageOf(place: SearchPlace, from: string | null) {
  const hits: SearchHit[] = [];
  let cursor = from;
  let encryptedChats = 0;
  do {
    const query = { ...optionsOf(place), limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page = await session.client.api.searchMessages(place.query, query);
    hits.push(...page.items);
    cursor = page.next_cursor;
    encryptedChats = page.encrypted_chats_excluded;
  } while (cursor !== null && hits.length === 0);
  return { hits, cursor, encryptedChats };
}

/** What the server finds. What was found before stays until there is something else to show. */
export function useSearch(place: SearchPlace) {
  const [found, setFound] = useState<Found>(NOTHING);
  const round = useRef(0);
  const key = `${searchParamsOf(place)}`;

  const load = async (from: string | null) => {
    const mine = ++round.current;
    const apply = (change: (now: Found) => Found) => mine === round.current && setFound(change);
    if (from === null) apply((now) => ({ ...now, status: 'loading' }));
    try {
      const page = await pageOf(place, from);
      apply((now) => ({
        ...page,
        hits: from === null ? page.hits : [...now.hits, ...page.hits],
        status: 'ready',
      }));
    } catch (fault) {
      apply((now) => ({ ...now, status: 'failed', fault }));
    }
  };

  useEffect(() => {
    if (place.query.trim() !== '') return void load(null);
    round.current++;
    setFound(NOTHING);
  }, [key]);
  return { found, more: () => load(found.cursor), again: () => load(null) };
}
