import type { ReadContext } from '../../storage/read';
import { changedMessages, type Found, findInIndex, type SearchedChat } from './corpus';
import { gramsToFind } from './grams';
import type { Candidate, Hit, Matcher } from './matcher';
import { type Gathered, type Span, scan } from './scan';

/** Chats whose lists one query looks through. */
const GROUP = 64;
const FIRST_STEP = 100;
const LONGEST_STEP = 3200;
/** Proposals of the index looked at for one answer at most. */
const MOST_PROPOSALS = 20_000;

/**
 * The newest hits of a span: what the index proposes, what has changed since it was indexed, and
 * what is not indexed yet. The index makes it fast; without it the answer is the same.
 */
export async function gather(
  context: ReadContext,
  chats: readonly SearchedChat[],
  matcher: Matcher,
  span: Span,
): Promise<Gathered> {
  const grams = gramsToFind(matcher.terms);
  const indexed = grams.length > 0 ? chats.filter((chat) => chat.indexed_seq > 0) : [];
  const unindexed = chats.map((chat) => ({
    chat,
    above: grams.length > 0 ? chat.indexed_seq : 0,
  }));
  const parts = [
    await changed(context, indexed, matcher, span),
    ...(await throughIndex(context, indexed, grams, matcher, span)),
    await scan(context, unindexed, matcher, span),
  ];
  return together(parts);
}

/** Each part is whole down to where it came; together they are down to the nearest such place. */
function together(parts: readonly Gathered[]): Gathered {
  const reached = Math.max(...parts.map((part) => part.reached));
  const byId = new Map<number, Hit>();
  for (const part of parts) {
    for (const hit of part.hits) if (hit.id >= reached) byId.set(hit.id, hit);
  }
  return { hits: [...byId.values()].sort((a, b) => b.id - a.id), reached };
}

async function changed(
  context: ReadContext,
  chats: readonly SearchedChat[],
  matcher: Matcher,
  { beforeId, fromId }: Span,
): Promise<Gathered> {
  if (chats.length === 0) return { hits: [], reached: fromId };
  const rows = await changedMessages(
    context,
    chats.map((chat) => chat.id),
  );
  const within = rows.filter((row) => row.id < beforeId && row.id >= fromId);
  return { hits: within.flatMap((row) => matcher.hit(row) ?? []), reached: fromId };
}

async function throughIndex(
  context: ReadContext,
  chats: readonly SearchedChat[],
  grams: readonly string[],
  matcher: Matcher,
  span: Span,
): Promise<Gathered[]> {
  const lively = [...chats].sort((a, b) => (b.newest_id ?? 0) - (a.newest_id ?? 0));
  const parts: Gathered[] = [];
  for (let i = 0; i < lively.length; i += GROUP) {
    const chatIds = lively.slice(i, i + GROUP).map((chat) => chat.id);
    parts.push(await ofGroup(context, chatIds, grams, matcher, span));
  }
  return parts;
}

async function ofGroup(
  context: ReadContext,
  chatIds: readonly number[],
  grams: readonly string[],
  matcher: Matcher,
  { beforeId, fromId, want }: Span,
): Promise<Gathered> {
  const hits: Hit[] = [];
  let reached = beforeId;
  let limit = FIRST_STEP;
  for (let looked = 0; ; looked += limit, limit = Math.min(LONGEST_STEP, limit * 2)) {
    const query = { chatIds, grams, beforeId: reached, fromId, limit };
    const found = (await findInIndex(context, query)).sort((a, b) => b.found_id - a.found_id);
    for (const proposal of found) {
      const hit = isThere(proposal) ? matcher.hit(proposal) : undefined;
      if (hit) hits.push(hit);
    }
    if (found.length < limit) return { hits, reached: fromId };
    reached = found.at(-1)?.found_id ?? fromId;
    if (hits.length >= want || looked >= MOST_PROPOSALS || context.isLate()) {
      return { hits, reached };
    }
  }
}

const isThere = (found: Found): found is Found & Candidate => found.id !== null;
