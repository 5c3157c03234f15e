import { defineRead, type ReadContext } from '../../storage/read';
import { chatsOf, type SearchedChat } from './corpus';
import { gather } from './gather';
import { type Filters, type Hit, Matcher } from './matcher';
import { type Snippet, snippetOf } from './snippet';
import { termsOf } from './terms';

/** Matches that are ordered by how good they are, before older ones come. */
const WINDOW = 1000;
const FIRST = Number.MAX_SAFE_INTEGER;

/** Where a page begins. */
export type Position =
  | { order: 'newest'; beforeId: number }
  /**
   * Within a window of ids, after a place in its order. Its ends are fixed when its first page is
   * made, so that messages which come later change nothing.
   */
  | { order: 'best'; beforeId: number; fromId: number; score: number; id: number };

export interface SearchInput {
  userId: number;
  q: string;
  filters: Filters;
  limit: number;
  position: Position;
}

export interface FoundMessage extends Snippet {
  id: number;
  /** Tells whether the text was changed since. */
  editedAt: number | null;
}

export interface FoundPage {
  items: FoundMessage[];
  next: Position | null;
  encryptedChats: number;
}

export const startOf = (order: Position['order']): Position =>
  order === 'newest'
    ? { order, beforeId: FIRST }
    : { order, beforeId: FIRST, fromId: 0, score: FIRST, id: FIRST };

export const findMessages = defineRead<SearchInput, FoundPage>(
  'search.messages',
  async (context, input) => {
    const chats = await chatsOf(context, input.userId, input.filters.chatId);
    const open = chats.filter((chat) => chat.is_encrypted === 0);
    const matcher = new Matcher(termsOf(input.q), input.filters);
    const { hits, next } = await pageOf(context, open, matcher, input);
    return {
      items: hits.map((hit) => ({
        id: hit.id,
        editedAt: hit.edited_at,
        ...snippetOf(hit.content, matcher.terms),
      })),
      next,
      encryptedChats: chats.length - open.length,
    };
  },
);

interface PageOfHits {
  hits: Hit[];
  next: Position | null;
}

function pageOf(
  context: ReadContext,
  chats: readonly SearchedChat[],
  matcher: Matcher,
  { position, limit }: SearchInput,
): Promise<PageOfHits> | PageOfHits {
  if (matcher.terms.length === 0) return { hits: [], next: null };
  return position.order === 'newest'
    ? newest(context, chats, matcher, position.beforeId, limit)
    : best(context, chats, matcher, position, limit);
}

async function newest(
  context: ReadContext,
  chats: readonly SearchedChat[],
  matcher: Matcher,
  beforeId: number,
  limit: number,
): Promise<PageOfHits> {
  const span = { beforeId, fromId: 0, want: limit + 1 };
  const { hits, reached } = await gather(context, chats, matcher, span);
  const page = hits.slice(0, limit);
  const goOn = hits.length > limit ? (page.at(-1)?.id ?? 0) : reached;
  return { hits: page, next: goOn > 0 ? { order: 'newest', beforeId: goOn } : null };
}

async function best(
  context: ReadContext,
  chats: readonly SearchedChat[],
  matcher: Matcher,
  position: Extract<Position, { order: 'best' }>,
  limit: number,
): Promise<PageOfHits> {
  const { beforeId, fromId } = position;
  const span = { beforeId, fromId, want: fromId > 0 ? Number.POSITIVE_INFINITY : WINDOW };
  const gathered = await gather(context, chats, matcher, span);
  const window = gathered.hits.slice(0, span.want);
  const from = window.length < gathered.hits.length ? (window.at(-1)?.id ?? 0) : gathered.reached;
  const ends = { beforeId: Math.min(beforeId, (window[0]?.id ?? FIRST - 1) + 1), fromId: from };
  const left = window.sort(byGoodness).filter((hit) => byGoodness(position, hit) < 0);
  const hits = left.slice(0, limit);
  const last = hits.at(-1);
  if (left.length > limit && last) {
    return { hits, next: { order: 'best', ...ends, score: last.score, id: last.id } };
  }
  const older = { ...startOf('best'), beforeId: from } as Position;
  return { hits, next: from > 0 ? older : null };
}

type Place = Pick<Hit, 'score' | 'id'>;
const byGoodness = (a: Place, b: Place): number => b.score - a.score || b.id - a.id;
