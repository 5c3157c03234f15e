import { ConfabError } from '@confab/protocol';
import type { BusMessage } from '../../realtime/bus';
import type { ChatRepository } from './repository';
import { ChatState, type IsInactive } from './state';

/** Memberships held at most; the chats unused for longest go first. */
const MEMBERSHIPS_KEPT = 400_000;

type OfChat = Extract<BusMessage, { kind: 'chat' | 'watermarks' | 'member_settings' }>;

const isOfChat = (message: BusMessage): message is OfChat =>
  message.kind === 'chat' || message.kind === 'watermarks' || message.kind === 'member_settings';

/** The chats in use, loaded when first asked for. */
export class ChatStates {
  readonly #repository: ChatRepository;
  readonly #states = new Map<number, ChatState>();
  readonly #loading = new Map<number, Promise<ChatState | undefined>>();
  /** Chats that changed while they were being loaded. */
  readonly #outdated = new Set<number>();
  #memberships = 0;

  readonly #isInactive: IsInactive;

  constructor(repository: ChatRepository, isInactive: IsInactive = () => false) {
    this.#repository = repository;
    this.#isInactive = isInactive;
  }

  peek(chatId: number): ChatState | undefined {
    return this.#states.get(chatId);
  }

  /**
   * The chat, if the user is a member.
   * @throws ConfabError `not_found`, the same for a foreign chat as for one that does not exist
   */
  async forMember(chatId: number, userId: number): Promise<ChatState> {
    const state = this.#states.get(chatId) ?? (await this.load(chatId));
    if (!state?.members.has(userId)) throw new ConfabError('not_found', 'There is no such chat');
    return state;
  }

  load(chatId: number): Promise<ChatState | undefined> {
    const known = this.#states.get(chatId);
    if (known) return Promise.resolve(known);
    const loading = this.#loading.get(chatId);
    if (loading) return loading;
    const started = this.#load(chatId).finally(() => this.#loading.delete(chatId));
    this.#loading.set(chatId, started);
    return started;
  }

  async #load(chatId: number): Promise<ChatState | undefined> {
    for (;;) {
      this.#outdated.delete(chatId);
      const loaded = await this.#repository.state(chatId);
      if (this.#outdated.has(chatId)) continue;
      if (!loaded) return undefined;
      const state = new ChatState(loaded.chat, loaded.members, this.#isInactive);
      this.#keep(state);
      return state;
    }
  }

  #keep(state: ChatState) {
    this.#states.set(state.id, state);
    this.#memberships += state.members.size;
    for (const [id, oldest] of this.#states) {
      if (this.#memberships <= MEMBERSHIPS_KEPT || oldest === state) break;
      this.#states.delete(id);
      this.#memberships -= oldest.members.size;
    }
  }

  /** Keeps the states in step with what the bus tells. */
  follow(message: BusMessage): void {
    if (!isOfChat(message)) return;
    if (this.#loading.has(message.chatId)) this.#outdated.add(message.chatId);
    const state = this.#states.get(message.chatId);
    if (!state) return;
    if (message.kind === 'watermarks') {
      for (const mark of message.marks) state.advance(mark);
      return;
    }
    if (message.kind === 'member_settings') {
      state.settle(message.userId, message.settings);
      return;
    }
    const before = state.members.size;
    state.apply(message.rev, message.change);
    this.#memberships += state.members.size - before;
    if (state.deleted) this.#states.delete(state.id);
  }
}
