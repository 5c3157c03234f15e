import {
  LIMITS,
  type Message,
  type SearchHit,
  type SearchPage,
  type SearchQuery,
} from '@confab/protocol';
import type { HeavyReader } from '../../storage/read';
import type { ChatStates } from '../chats';
import type { MessageService } from '../messages';
import { Admission } from './admission';
import { decodePosition, encodePosition } from './cursor';
import { type FoundMessage, type FoundPage, findMessages } from './find';
import { type Filters, holdsAll } from './matcher';
import { snippetOf } from './snippet';
import { termsOf } from './terms';

export interface SearchDeps {
  reader: HeavyReader;
  states: ChatStates;
  messages: MessageService;
  /** Counts a search of a user. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
  /** Searches that run at once. */
  concurrency: number;
  /** Whether there are limits per user. */
  limits: boolean;
}

const TOTAL = 100;

/** Finding messages by what is in them. */
export class SearchService {
  readonly #deps: SearchDeps;
  readonly #admission: Admission;

  constructor(deps: SearchDeps) {
    this.#deps = deps;
    this.#admission = new Admission({
      running: deps.concurrency,
      perUser: deps.limits ? LIMITS.searchesPerUser : TOTAL,
      total: TOTAL,
    });
  }

  async search(userId: number, query: SearchQuery): Promise<SearchPage> {
    this.#deps.limitRead(userId);
    const position = decodePosition(query);
    if (query.chat_id !== undefined) await this.#deps.states.forMember(query.chat_id, userId);
    const input = { userId, q: query.q, filters: filtersOf(query), limit: query.limit, position };
    const page = await this.#admission.run(userId, () =>
      this.#deps.reader.run(findMessages, input),
    );
    return this.#present(userId, page, query.q);
  }

  async #present(userId: number, page: FoundPage, q: string): Promise<SearchPage> {
    const ids = page.items.map((item) => item.id);
    const messages = await this.#deps.messages.many(userId, ids);
    return {
      items: page.items.flatMap((item) => hitOf(messages.get(item.id), item, q)),
      next_cursor: page.next && encodePosition(page.next),
      encrypted_chats_excluded: page.encryptedChats,
    };
  }
}

function filtersOf(query: SearchQuery): Filters {
  return {
    chatId: query.chat_id ?? null,
    senderId: query.sender_id ?? null,
    contentType: query.content_type ?? null,
    sentBefore: timeOf(query.sent_before),
    sentAfter: timeOf(query.sent_after),
    hasMedia: query.has_media ?? null,
  };
}

const timeOf = (text: string | undefined): number | null =>
  text === undefined ? null : Date.parse(text);

/** A message may have changed, or left the user's sight, since it was found a moment ago. */
function hitOf(message: Message | undefined, found: FoundMessage, q: string): SearchHit[] {
  if (!message || message.is_deleted) return [];
  const editedAt = message.edited_at === null ? null : Date.parse(message.edited_at);
  const { snippet, highlights } = found;
  if (editedAt === found.editedAt) return [{ ...message, snippet, highlights }];
  const terms = termsOf(q);
  if (!holdsAll(message.content, terms)) return [];
  return [{ ...message, ...snippetOf(message.content, terms) }];
}
