import type { Clock } from '../../lib/clock';
import type { BusMessage } from '../../realtime/bus';
import type { Hub } from '../../realtime/hub';
import type { ChatState, ChatStates } from '../chats';
import type { ReceiptService } from './receipts';

const TICK_MS = 100;

/**
 * Plain connections do not confirm what they get: for them a message is delivered when its bytes
 * have left the server's buffer. A topic's frames are written at the end of the loop's turn, so a
 * message counts only at the second tick after it was published, and only if the buffer is empty.
 */
export class DeliveryTracker {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #states: ChatStates;
  readonly #receipts: ReceiptService;
  /** Chat to the place that was its newest at the last tick; 0 when it is new here. */
  readonly #watched = new Map<number, number>();
  #ticking = false;

  constructor(clock: Clock, hub: Hub, states: ChatStates, receipts: ReceiptService) {
    this.#clock = clock;
    this.#hub = hub;
    this.#states = states;
    this.#receipts = receipts;
  }

  follow(message: BusMessage): void {
    if (message.kind !== 'chat' || message.change.kind !== 'message') return;
    if (!this.#watched.has(message.chatId)) this.#watched.set(message.chatId, 0);
    this.#tickLater();
  }

  #tickLater() {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(TICK_MS, () => {
      this.#ticking = false;
      for (const [chatId, seq] of this.#watched) this.#check(chatId, seq);
      if (this.#watched.size > 0) this.#tickLater();
    });
  }

  #check(chatId: number, settledSeq: number) {
    const state = this.#states.peek(chatId);
    if (!state) return void this.#watched.delete(chatId);
    if (settledSeq > 0)
      this.#receipts.delivered(state, this.#emptied(state, settledSeq), settledSeq);
    if (settledSeq === state.lastSeq) this.#watched.delete(chatId);
    else this.#watched.set(chatId, state.lastSeq);
  }

  *#emptied(state: ChatState, seq: number): Generator<number> {
    for (const member of state.members.values()) {
      if (member.deliveredSeq >= seq) continue;
      for (const connection of this.#hub.connectionsOf(member.userId)) {
        if (connection.confirms || connection.closing) continue;
        if (connection.socket.bufferedBytes() > 0) continue;
        yield member.userId;
        break;
      }
    }
  }
}
