import type { Clock } from '../../lib/clock';
import { DueTimer } from '../../lib/due-timer';
import type { Bus } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import type { ChatState, ChatStates } from '../chats';
import { NO_PARTS, presentMessages, tellMessage, type View } from '../messages';
import type { AgedMessage, ErasableMessage, ExpiryRepository } from './repository';
import { type Erased, expireMessages, saveRetentionMark } from './writes';

export interface SweeperDeps {
  clock: Clock;
  expiry: ExpiryRepository;
  states: ChatStates;
  committer: Committer;
  bus: Bus;
  /** How long this server keeps messages; null for ever. */
  retentionMs: () => number | null;
  /** Something was erased for good. */
  onErased: () => void;
  /** How a chat's messages are shown now; before that, what is needed of their senders. */
  viewOf: (state: ChatState) => View;
  prepareView: (senderIds: readonly number[]) => Promise<void>;
  /** Tells users how many messages and mentions of a chat are unread now. */
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
  onError: (error: unknown) => void;
}

/** Messages read, and erased in one write, at a time: nobody waits long for it. */
const PAGE = 500;
const BATCH = 100;

/** Erases messages whose time is over: their own, or what the server keeps at most. */
export class ExpirySweeper {
  readonly #deps: SweeperDeps;
  readonly #timer: DueTimer;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.#timer = new DueTimer({ ...deps, run: () => this.#sweep() });
  }

  /** Begins with what expired while no server ran. */
  start(): void {
    void this.#timer.run();
  }

  /** Sweeps now; or, if that is under way, until it is done. */
  run(): Promise<void> {
    return this.#timer.run();
  }

  /** A message disappears then. */
  heed(expiresAt: number): void {
    this.#timer.heed(expiresAt);
  }

  stop(): Promise<void> {
    return this.#timer.stop();
  }

  async #sweep(): Promise<number | null> {
    await this.#expire();
    const age = this.#deps.retentionMs();
    if (age !== null) await this.#retain(this.#deps.clock.now() - age);
    return this.#deps.expiry.nextExpiry();
  }

  async #expire(): Promise<void> {
    const { expiry, clock } = this.#deps;
    for (let more = true; more && !this.#timer.isStopped; ) {
      const due = await expiry.expired(clock.now(), PAGE);
      await this.#erase(due);
      more = due.length === PAGE;
    }
  }

  /** Goes through the messages in the order in which they were sent, from where it was last. */
  async #retain(before: number): Promise<void> {
    let mark: number | undefined = await this.#deps.expiry.retentionMark();
    while (mark !== undefined && !this.#timer.isStopped)
      mark = await this.#retainPage(mark, before);
  }

  /** @returns where to go on; undefined when younger messages were reached, or the end */
  async #retainPage(mark: number, before: number): Promise<number | undefined> {
    const { expiry, committer } = this.#deps;
    const rows = await expiry.after(mark, PAGE);
    await this.#erase(rows.filter((row) => isErasable(row, before)));
    const young = rows.findIndex((row) => row.created_at >= before);
    const reached = young < 0 ? rows.at(-1) : rows[young - 1];
    if (!reached) return undefined;
    await committer.submit(saveRetentionMark, { messageId: reached.id }, 0);
    return young < 0 && rows.length === PAGE ? reached.id : undefined;
  }

  async #erase(messages: readonly ErasableMessage[]): Promise<void> {
    const byChat = Map.groupBy(messages, (message) => message.chat_id);
    const work = [...byChat].map(([chatId, own]) => this.#eraseIn(chatId, own));
    await Promise.all(work);
  }

  async #eraseIn(chatId: number, messages: readonly ErasableMessage[]): Promise<void> {
    const { states, committer, prepareView } = this.#deps;
    for (let i = 0; i < messages.length; i += BATCH) {
      const batch = messages.slice(i, i + BATCH);
      const messageIds = batch.map((message) => message.id);
      const state = await states.load(chatId);
      await prepareView(batch.map((message) => message.sender_id));
      await committer.submit(expireMessages, { chatId, messageIds }, chatId, (erased) =>
        this.#tell(erased, state),
      );
      this.#deps.onErased();
    }
  }

  #tell({ messages, recounted }: Erased, state: ChatState | undefined) {
    if (!state) return;
    const { bus, viewOf } = this.#deps;
    for (const message of presentMessages(messages, state, NO_PARTS, viewOf(state))) {
      tellMessage(bus, 'message_deleted', message);
    }
    this.#deps.tellUnread(state, recounted);
  }
}

/** What the server itself told of a chat stays: there is nothing in it that anybody said. */
function isErasable(row: AgedMessage, before: number): boolean {
  return row.created_at < before && row.is_deleted === 0 && row.content_type !== 'system';
}
