/** What a member wants to hear of a chat. */
export interface MemberSettings {
  isMuted: boolean;
  /** When that ends by itself, in milliseconds since 1970; null: never. */
  mutedUntil: number | null;
  /** What of the chat they are notified of. */
  level: 'all' | 'mentions' | 'none';
}

/** A membership as every node holds it in memory. */
export interface MemberState extends MemberSettings {
  readonly memberId: number;
  readonly userId: number;
  role: 'member' | 'admin' | 'owner';
  nickname: string | null;
  readonly joinedAt: number;
  readSeq: number;
  deliveredSeq: number;
  readAt: number | null;
  deliveredAt: number | null;
}

/** What a committed change of a chat means for the state that nodes keep of it. */
export type ChatChange =
  | {
      kind: 'message';
      messageId: number;
      seq: number;
      senderId: number;
      at: number;
      /** Somebody is mentioned in it. */
      mentions?: boolean;
      encrypted?: boolean;
    }
  /** `mentions`: other people are mentioned in it now. */
  | { kind: 'content'; mentions?: boolean }
  /** `closed`: nobody can write to it any more. */
  | { kind: 'info'; closed?: boolean }
  | { kind: 'member_added'; member: MemberState }
  | { kind: 'member_updated'; member: MemberState }
  | { kind: 'member_removed'; userId: number }
  | { kind: 'deleted' };

/** Who sees what of a user. */
export interface ShownTo {
  lastSeen: 'everyone' | 'contacts' | 'nobody';
  readReceipts: 'everyone' | 'contacts' | 'nobody';
}

export interface Watermark {
  userId: number;
  readSeq: number;
  deliveredSeq: number;
  at: number;
}

/**
 * What nodes tell each other. Frames are encoded once, by the node that committed, and passed on
 * to sockets as they are.
 */
export type BusMessage =
  /** A durable change of a chat; `frame` goes to all its members' sockets. */
  | { kind: 'chat'; chatId: number; rev: number; frame: string; change: ChatChange }
  /** For all sockets of one user. */
  | { kind: 'user'; userId: number; frame: string }
  /** A user's sockets begin or cease to hear a chat. */
  | { kind: 'membership'; userId: number; chatId: number; rev: number; joined: boolean }
  /** What a member wants to hear of a chat. It is theirs alone, and makes no revision. */
  | {
      kind: 'member_settings';
      chatId: number;
      userId: number;
      settings: MemberSettings;
      frame: string;
    }
  | { kind: 'watermarks'; chatId: number; marks: Watermark[] }
  | { kind: 'typing'; chatId: number; userId: number; active: boolean }
  | { kind: 'presence'; userId: number; online: boolean; lastSeen: number | null }
  /** Closes a user's sockets: of one session, or of all but one. */
  | { kind: 'session_ended'; userId: number; sessionIds: number[] }
  /** `active`: the account was deactivated, erased or reactivated. */
  | { kind: 'profile'; userId: number; active?: boolean }
  /**
   * One user blocked or unblocked another; `turned` when this changed what is between the two,
   * which it does not while the other one blocks too.
   */
  | { kind: 'block'; userId: number; otherId: number; blocked: boolean; turned: boolean }
  | { kind: 'privacy'; userId: number; before: ShownTo; after: ShownTo };

export type BusHandler = (message: BusMessage) => void;

/**
 * Carries messages to every node, the publishing one included.
 *
 * - Messages of one publisher arrive in the order in which they were published.
 * - Each arrives once at each subscriber that was subscribed before the publish.
 * - A handler that throws keeps nothing from the others.
 */
export interface Bus {
  publish(message: BusMessage): void;
  subscribe(handler: BusHandler): () => void;
  /** @throws when the other nodes cannot be reached */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The bus of a single node: a call. */
export class MemoryBus implements Bus {
  readonly #handlers = new Set<BusHandler>();
  readonly #onError: (error: unknown) => void;
  readonly #queue: BusMessage[] = [];

  constructor(onError: (error: unknown) => void = () => {}) {
    this.#onError = onError;
  }

  publish(message: BusMessage): void {
    this.#queue.push(message);
    // What a handler publishes waits until everybody has heard what it was called for.
    if (this.#queue.length > 1) return;
    for (let next: BusMessage | undefined = message; next; next = this.#queue[0]) {
      this.#deliver(next);
      this.#queue.shift();
    }
  }

  #deliver(message: BusMessage) {
    for (const handler of this.#handlers) {
      try {
        handler(message);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  subscribe(handler: BusHandler): () => void {
    // Its own function, so that subscribing the same handler twice counts twice.
    const own: BusHandler = (message) => handler(message);
    this.#handlers.add(own);
    return () => void this.#handlers.delete(own);
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#handlers.clear();
  }
}
