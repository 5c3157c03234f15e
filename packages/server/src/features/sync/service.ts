import { type ChatSync, LIMITS, type SyncAnswer, type SyncRequest } from '@confab/protocol';
import type { ChatRepository, ChatService, ChatState, ChatStates, MemberWithMarks } from '../chats';
import type { MessageRepository, MessageService, ReceiptService } from '../messages';

export interface SyncDeps {
  epoch: string;
  chats: ChatRepository;
  chatService: ChatService;
  states: ChatStates;
  messages: MessageRepository;
  messageService: MessageService;
  receipts: ReceiptService;
  /** Counts a sync of a user. @throws ConfabError `rate_limited` */
  limitRead: (userId: number, cost: number) => void;
  /** Lets others have their turn of the event loop. */
  pause: () => Promise<void>;
}

/** Where a chat was when its row was read: all of an answer is of that moment. */
interface Place {
  rev: number;
  last_seq: number;
}

/** Chats that are answered for in one turn of the loop. */
const CHATS_PER_TURN = 8;

/** Chats that are asked for at the price of one read. */
const CHATS_PER_READ = 200;

/** Tells a returning client what changed in its chats: all of it, or that it must start afresh. */
export class SyncService {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  /** @param impliesDelivery false for a client that confirms deliveries itself */
  async sync(userId: number, request: SyncRequest, impliesDelivery: boolean): Promise<SyncAnswer> {
    this.#deps.limitRead(userId, costOf(request));
    const sameHistory = request.epoch === undefined || request.epoch === this.#deps.epoch;
    const mine = await this.#deps.chats.revisions(userId);
    const chats: Record<string, ChatSync> = {};
    const current = new Set(mine.map((chat) => String(chat.chatId)));
    let answered = 0;
    for (const { chatId, rev, lastSeq, deliveredSeq } of mine) {
      const known = request.chats[chatId] ?? 0;
      if (sameHistory && known === rev) {
        // Whoever holds the newest revision has received everything, whatever a crash forgot.
        const isForgotten = impliesDelivery && deliveredSeq < lastSeq;
        if (isForgotten) await this.#received(userId, chatId, lastSeq);
        continue;
      }
      if (++answered % CHATS_PER_TURN === 0) await this.#deps.pause();
      const answer = await this.#chat(userId, chatId, sameHistory ? known : undefined);
      if (!answer) {
        current.delete(String(chatId));
        continue;
      }
      chats[chatId] = answer.sync;
      const newest = answer.sync.messages.at(-1);
      if (impliesDelivery && newest) {
        this.#deps.receipts.delivered(answer.state, [userId], newest.seq);
      }
    }
    const removed = Object.keys(request.chats)
      .filter((id) => !current.has(id))
      .map(Number);
    return { epoch: this.#deps.epoch, chats, removed: removed as SyncAnswer['removed'] };
  }

  async #received(userId: number, chatId: number, seq: number): Promise<void> {
    const state = await this.#deps.states.load(chatId);
    if (state) this.#deps.receipts.delivered(state, [userId], seq);
  }

  /** @param since the revision the client holds; undefined when it holds another history's */
  async #chat(
    userId: number,
    chatId: number,
    since: number | undefined,
  ): Promise<{ sync: ChatSync; state: ChatState } | undefined> {
    const state = await this.#deps.states.load(chatId);
    const row = await this.#deps.chats.oneOfUser(userId, chatId);
    if (!state?.members.has(userId) || !row) return undefined;
    const changes = since === undefined ? Number.POSITIVE_INFINITY : row.rev - since;
    const recovered = changes >= 0 && changes <= LIMITS.syncChanges;
    const sync = recovered
      ? await this.#changed(userId, state, row, since ?? 0)
      : await this.#afresh(userId, state, row);
    const last = sync.messages.findLast((message) => message.seq === row.last_seq);
    const [chat] = await this.#deps.chatService.present(
      userId,
      [row],
      new Map(last && [[chatId, last]]),
    );
    if (!chat) return undefined;
    // Whoever was removed while it was read gets none of it: part of it may be younger than that.
    if (!state.members.has(userId)) return undefined;
    return { state, sync: { ...sync, chat } };
  }

  /**
   * Everything that happened after `since`. What is sent while it is read is left to its event;
   * what is changed meanwhile comes twice.
   */
  async #changed(userId: number, state: ChatState, row: Place, since: number): Promise<ChatSync> {
    const changed = await this.#deps.messages.changedSince(state.id, since, row);
    const rows = changed.filter((message) => message.seq <= row.last_seq);
    // A chat that is new to the client begins with its first members, as its details do.
    const members = await (since === 0
      ? this.#deps.chats.members(state.id, 0, LIMITS.detailMembers)
      : this.#deps.chats.membersSince(state.id, since));
    const [present, gone] = split(members);
    const messages = await this.#deps.messageService.present(rows, state);
    const answer: ChatSync = {
      recovered: true,
      rev: row.rev,
      last_seq: row.last_seq,
      messages,
    };
    if (present.length > 0) {
      answer.members = await this.#deps.chatService.presentMembers(userId, present);
    }
    if (gone.length > 0) answer.removed_member_ids = gone.map((m) => m.user_id) as never;
    return answer;
  }

  async #afresh(userId: number, state: ChatState, { rev, last_seq }: Place): Promise<ChatSync> {
    const size = LIMITS.defaultPageSize;
    const rows = await this.#deps.messages.before(state.id, last_seq + 1, size);
    const members = await this.#deps.chats.members(state.id, 0, LIMITS.detailMembers);
    return {
      recovered: false,
      rev,
      last_seq,
      members: await this.#deps.chatService.presentMembers(userId, members),
      messages: await this.#deps.messageService.present(rows, state),
    };
  }
}

/** A sync of many chats counts as several reads. */
function costOf({ chats }: SyncRequest): number {
  return 1 + Object.keys(chats).length / CHATS_PER_READ;
}

function split(members: readonly MemberWithMarks[]): [MemberWithMarks[], MemberWithMarks[]] {
  return [
    members.filter((member) => member.left_at === null),
    members.filter((member) => member.left_at !== null),
  ];
}
