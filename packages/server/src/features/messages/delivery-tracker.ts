import type { Clock } from '../../lib/clock';
import type { BusMessage } from '../../realtime/bus';
import type { Hub } from '../../realtime/hub';
import type { ChatState, ChatStates } from '../chats';
import type { ReceiptService } from './receipts';

const TICK_MS = 100;

interface Place {
  seq: number;
  /** Moment of the hub at which it was published. */
  moment: number;
}

interface Watched {
  newest: Place;
  /** What was the newest at the last tick; undefined when there was none yet. */
  settled: Place | undefined;
}

/**
 * Plain connections do not confirm what they get: for them a message is delivered when its bytes
 * have left the server's buffer. A topic's frames are written at the end of the loop's turn, so a
 * message counts only at the second tick after it was published, for connections that heard it
 * then, and only once their buffer is empty.
 */
export class DeliveryTracker {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #states: ChatStates;
  readonly #receipts: ReceiptService;
  readonly #watched = new Map<number, Watched>();
  #ticking = false;

  constructor(clock: Clock, hub: Hub, states: ChatStates, receipts: ReceiptService) {
    this.#clock = clock;
    this.#hub = hub;
    this.#states = states;
    this.#receipts = receipts;
  }

  /** Must hear of messages right after the hub has published them. */
  follow(message: BusMessage): void {
    if (message.kind !== 'chat' || message.change.kind !== 'message') return;
    const newest = { seq: message.change.seq, moment: this.#hub.moment };
    const watched = this.#watched.get(message.chatId);
    if (watched) watched.newest = newest;
    else this.#watched.set(message.chatId, { newest, settled: undefined });
    this.#tickLater();
  }

  #tickLater() {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(TICK_MS, () => {
      this.#ticking = false;
      for (const [chatId, watched] of this.#watched) {
        if (!this.#check(chatId, watched)) this.#watched.delete(chatId);
      }
      if (this.#watched.size > 0) this.#tickLater();
    });
  }

  /** @returns whether there is more to watch for */
  #check(chatId: number, watched: Watched): boolean {
    const state = this.#states.peek(chatId);
    if (!state) return false;
    const { settled, newest } = watched;
    watched.settled = newest;
    if (!settled) return true;
    const [taken, isTaking] = this.#readers(state, settled);
    this.#receipts.delivered(state, taken, settled.seq);
    return isTaking || settled !== newest;
  }

  /** Members who have taken everything up to a place, and whether others are still at it. */
  #readers(state: ChatState, { seq, moment }: Place): [number[], boolean] {
    const taken: number[] = [];
    let isTaking = false;
    for (const member of state.members.values()) {
      if (member.deliveredSeq >= seq) continue;
      const unsent = this.#leastUnsent(member.userId, moment);
      if (unsent === 0) taken.push(member.userId);
      else if (unsent !== undefined) isTaking = true;
    }
    return [taken, isTaking];
  }

  /** Of a user's plain connections that heard what was published then; undefined without one. */
  #leastUnsent(userId: number, moment: number): number | undefined {
    let least: number | undefined;
    for (const connection of this.#hub.connectionsOf(userId)) {
      if (connection.confirms || connection.closing || connection.heardSince >= moment) continue;
      least = Math.min(least ?? Number.POSITIVE_INFINITY, connection.socket.bufferedBytes());
    }
    return least;
  }
}
