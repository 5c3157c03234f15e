import { fold } from './fold';
import { scoreOf } from './rank';
import { containsAll } from './terms';

/** A message as the search looks at it. */
export interface Candidate {
  id: number;
  chat_id: number;
  seq: number;
  sender_id: number;
  content: string;
  content_type: string;
  is_deleted: number;
  created_at: number;
  edited_at: number | null;
  has_media: number;
}

export interface Filters {
  chatId: number | null;
  senderId: number | null;
  contentType: string | null;
  /** Times in milliseconds; neither end is included. */
  sentBefore: number | null;
  sentAfter: number | null;
  hasMedia: boolean | null;
}

export interface Hit extends Candidate {
  score: number;
}

/** Whether a message is one of those that are searched for: the index only proposes. */
export class Matcher {
  readonly terms: readonly string[];
  readonly #filters: Filters;

  constructor(terms: readonly string[], filters: Filters) {
    this.terms = terms;
    this.#filters = filters;
  }

  hit(candidate: Candidate): Hit | undefined {
    if (candidate.is_deleted === 1 || candidate.content_type === 'system') return undefined;
    if (!passes(candidate, this.#filters)) return undefined;
    const folded = fold(candidate.content);
    if (!containsAll(folded, this.terms)) return undefined;
    return { ...candidate, score: scoreOf(folded, this.terms, candidate.created_at) };
  }
}

function passes(candidate: Candidate, filters: Filters): boolean {
  const { senderId, contentType, sentBefore, sentAfter, hasMedia } = filters;
  if (senderId !== null && candidate.sender_id !== senderId) return false;
  if (contentType !== null && candidate.content_type !== contentType) return false;
  if (sentBefore !== null && candidate.created_at >= sentBefore) return false;
  if (sentAfter !== null && candidate.created_at <= sentAfter) return false;
  return hasMedia === null || hasMedia === (candidate.has_media === 1);
}

export const holdsAll = (content: string, terms: readonly string[]): boolean =>
  containsAll(fold(content), terms);
