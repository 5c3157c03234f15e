export interface SlotLimits {
  inAll: number;
  ofUser: number;
}

/** What a user has of the slots, and asks for. */
interface Share<L> {
  readonly userId: number;
  /** The longest waiting first. */
  readonly asking: Set<L>;
  taken: number;
}

/** A bounded number of slots, given to users in turn: whoever asks for many waits for them alone. */
export class Slots<L extends { readonly userId: number }> {
  readonly #limits: SlotLimits;
  readonly #shares = new Map<number, Share<L>>();
  /** Those who ask and may have another, in the order of their turns. */
  readonly #turns = new Set<Share<L>>();
  #taken = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  ask(lane: L): void {
    const share = this.#shareOf(lane.userId);
    share.asking.add(lane);
    this.#lineUp(share);
  }

  withdraw(lane: L): void {
    const share = this.#shareOf(lane.userId);
    share.asking.delete(lane);
    this.#lineUp(share);
  }

  /** Gives a slot to the next lane; undefined when there is none to give, or nobody to take it. */
  take(): L | undefined {
    const [share] = this.#turns;
    const [lane] = share?.asking ?? [];
    if (this.#taken >= this.#limits.inAll || !share || !lane) return undefined;
    share.asking.delete(lane);
    share.taken++;
    this.#taken++;
    this.#turns.delete(share);
    this.#lineUp(share);
    return lane;
  }

  giveBack({ userId }: L): void {
    const share = this.#shareOf(userId);
    share.taken--;
    this.#taken--;
    this.#lineUp(share);
  }

  #shareOf(userId: number): Share<L> {
    const known = this.#shares.get(userId);
    if (known) return known;
    const made = { userId, asking: new Set<L>(), taken: 0 };
    this.#shares.set(userId, made);
    return made;
  }

  /** Keeps the place of whoever has one. */
  #lineUp(share: Share<L>) {
    const isWaiting = share.asking.size > 0;
    if (isWaiting && share.taken < this.#limits.ofUser) this.#turns.add(share);
    else this.#turns.delete(share);
    if (!isWaiting && share.taken === 0) this.#shares.delete(share.userId);
  }
}
