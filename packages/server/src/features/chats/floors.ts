import type { MemberState } from '../../realtime/bus';

/** How far everybody has come, of some people. */
export interface Floor {
  delivered: number;
  read: number;
}

/** The least of some places, with or without one of those who are there. */
class Least {
  #least = Number.POSITIVE_INFINITY;
  #holder = 0;
  /** The least of the others. */
  #next = Number.POSITIVE_INFINITY;

  take(userId: number, seq: number): void {
    if (seq < this.#least) {
      this.#next = this.#least;
      this.#least = seq;
      this.#holder = userId;
    } else if (seq < this.#next) this.#next = seq;
  }

  without(userId: number): number {
    return userId === this.#holder ? this.#next : this.#least;
  }
}

class Marks {
  readonly #delivered = new Least();
  readonly #read = new Least();

  take({ userId, deliveredSeq, readSeq }: MemberState): void {
    this.#delivered.take(userId, deliveredSeq);
    this.#read.take(userId, readSeq);
  }

  without(userId: number): Floor {
    return { delivered: this.#delivered.without(userId), read: this.#read.without(userId) };
  }
}

/**
 * The lowest watermarks of a chat at this moment. They are looked through once, however many senders
 * one then asks for.
 */
export class Floors {
  readonly #active = new Marks();
  readonly #all = new Marks();

  constructor(members: Iterable<MemberState>, isInactive: (userId: number) => boolean) {
    for (const member of members) {
      this.#all.take(member);
      if (!isInactive(member.userId)) this.#active.take(member);
    }
  }

  /**
   * Up to there all members but one have it. Nobody waits for accounts that are not active, unless
   * there are no others.
   */
  without(userId: number): Floor {
    const active = this.#active.without(userId);
    return active.read < Number.POSITIVE_INFINITY ? active : this.#all.without(userId);
  }
}
