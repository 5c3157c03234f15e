import { type CursorPage, LIMITS, type Message } from '@confab/protocol';
import { decodeCursor, encodeCursor } from '../../lib/cursor';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { ChatAnnouncer, ChatStates } from '../chats';
import type { UserDirectory } from '../users';
import { tellChange } from './changed-message';
import { pinMessage } from './pin-writes';
import { noSuchMessage } from './receipts';
import type { MessageRepository, StoredMessage } from './repository';
import type { MessageService } from './service';

export interface PinDeps {
  messages: MessageRepository;
  messageService: MessageService;
  states: ChatStates;
  directory: UserDirectory;
  announcer: ChatAnnouncer;
  committer: Committer;
  bus: Bus;
  now: () => number;
  /** Counts a change of a user. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
}

/** Pinned messages of chats. */
export class PinService {
  readonly #deps: PinDeps;

  constructor(deps: PinDeps) {
    this.#deps = deps;
  }

  async pin(userId: number, messageId: number, pinned: boolean): Promise<Message> {
    const { committer, states, messageService, bus, announcer, now, limit } = this.#deps;
    limit(userId);
    const place = await this.#deps.messages.place(messageId);
    const state = place && (await states.load(place.chat_id));
    if (!place || !state?.members.has(userId)) throw noSuchMessage();
    const sender = await this.#deps.directory.get(userId);
    await messageService.prepareView([place.sender_id]);
    const actor = { chatId: state.id, messageId, actorId: userId, at: now() };
    const input = { ...actor, pinned, maxPins: LIMITS.pinsPerChat };
    return committer.submit(pinMessage, input, state.id, ({ notice, ...changed }) => {
      const view = messageService.viewOf(state);
      const message = tellChange(bus, 'message_updated', changed, state, view);
      if (notice) announcer.announceMessage(notice, sender?.username ?? '');
      return message;
    });
  }

  async list(
    userId: number,
    chatId: number,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<Message>> {
    const { states, messages, messageService, now } = this.#deps;
    const state = await states.forMember(chatId, userId);
    const before =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, 'number', 'number');
    const rows = await messages.pins(chatId, before, now(), query.limit + 1);
    const page = rows.slice(0, query.limit);
    return {
      items: await messageService.present(page, state),
      next_cursor: rows.length > query.limit ? cursorAfter(page.at(-1)) : null,
    };
  }
}

const cursorAfter = (row: StoredMessage | undefined) =>
  row && row.pinned_at !== null ? encodeCursor(row.pinned_at, row.id) : null;
