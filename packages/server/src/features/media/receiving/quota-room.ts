import { quotaExceeded } from '../file-writes';

/** What an upload takes of its sender's quota while it comes in. */
export interface Room {
  /** Aborted, with the error as its reason, when an older upload needs what it took. */
  readonly ended: AbortSignal;
  /** Bytes of a file came. @throws ConfabError `quota_exceeded` */
  take(bytes: number): void;
  /** All of it came: no other upload ends it any more. */
  received(): void;
  /**
   * One of its files is being stored, and is a stored one in the moment that it is: in between it
   * counts neither twice nor not at all.
   * @param bytes how many of those that came are the file's
   */
  store<T extends Stored>(bytes: number, store: () => Promise<T>): Promise<T>;
  /** The upload ended. */
  leave(): void;
}

interface Stored {
  /** Its size as stored. */
  file_size: number;
}

interface Coming {
  readonly ending: AbortController;
  bytes: number;
  isReceived: boolean;
}

interface Account {
  /** Bytes of stored files, when it was looked up last. */
  used: number;
  /** Stored since then. */
  stored: number;
  /** Files that are being stored; whoever looks now may see them as stored ones or not. */
  storing: number;
  /** How often a file began or ended to be stored. */
  changes: number;
  /** The oldest first. */
  readonly coming: Set<Coming>;
  uploads: number;
}

export interface QuotaDeps {
  /** 0: any. */
  quotaBytes: number;
  usage: (userId: number) => Promise<number>;
}

/**
 * Cuts uploads where their senders' quotas end, all that a user sends at the same time together: the
 * youngest first, so that some come to their end.
 */
export class QuotaRooms {
  readonly #deps: QuotaDeps;
  readonly #accounts = new Map<number, Account>();

  constructor(deps: QuotaDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `quota_exceeded` when there is no room at all */
  async enter(userId: number): Promise<Room> {
    if (this.#deps.quotaBytes === 0) return anyRoom();
    // All that begin while the first one looks have the same account.
    const account = this.#accounts.get(userId) ?? unused();
    this.#accounts.set(userId, account);
    account.uploads++;
    try {
      await this.#look(userId, account);
      if (!this.#fits(account, 1)) throw this.#exceeded(account);
    } catch (error) {
      this.#left(userId, account);
      throw error;
    }
    return this.#roomOf(userId, account);
  }

  #left(userId: number, account: Account): void {
    account.uploads--;
    if (account.uploads === 0) this.#accounts.delete(userId);
  }

  /** Looks up anew what is stored; an account that changed meanwhile knows better. */
  async #look(userId: number, account: Account): Promise<void> {
    const { changes } = account;
    const used = await this.#deps.usage(userId);
    const isSame = account.changes === changes && account.storing === 0;
    if (isSame) Object.assign(account, { used, stored: 0 });
  }

  #roomOf(userId: number, account: Account): Room {
    const own: Coming = { ending: new AbortController(), bytes: 0, isReceived: false };
    account.coming.add(own);
    return {
      ended: own.ending.signal,
      take: (bytes) => this.#take(account, own, bytes),
      received: () => {
        own.isReceived = true;
      },
      store: (bytes, store) => this.#store(account, own, bytes, store),
      leave: () => {
        account.coming.delete(own);
        this.#left(userId, account);
      },
    };
  }

  async #store<T extends Stored>(
    account: Account,
    own: Coming,
    bytes: number,
    store: () => Promise<T>,
  ): Promise<T> {
    account.storing++;
    account.changes++;
    try {
      const row = await store();
      own.bytes -= bytes;
      account.stored += row.file_size;
      return row;
    } finally {
      account.storing--;
      account.changes++;
    }
  }

  #take(account: Account, own: Coming, bytes: number): void {
    own.ending.signal.throwIfAborted();
    if (!this.#fits(account, bytes)) this.#makeRoom(account, own, bytes);
    own.bytes += bytes;
  }

  /** Ends younger uploads, the youngest first; or this one alone, when even that makes too little room. */
  #makeRoom(account: Account, own: Coming, bytes: number): void {
    const younger = [...account.coming].slice([...account.coming].indexOf(own) + 1);
    const yielding = younger.filter((each) => !each.isReceived && each.bytes > 0);
    if (!this.#fits(account, bytes - bytesOf(yielding))) this.#end(account, own);
    own.ending.signal.throwIfAborted();
    for (const each of yielding.toReversed()) {
      if (!this.#fits(account, bytes)) this.#end(account, each);
    }
  }

  #end(account: Account, upload: Coming): void {
    account.coming.delete(upload);
    upload.ending.abort(this.#exceeded(account));
  }

  /** What others of the user's uploads under way take is not left. */
  #exceeded({ used, stored, coming }: Account) {
    return quotaExceeded({ quota: this.#deps.quotaBytes, used: used + stored + bytesOf(coming) });
  }

  #fits({ used, stored, coming }: Account, bytes: number): boolean {
    return used + stored + bytesOf(coming) + bytes <= this.#deps.quotaBytes;
  }
}

const bytesOf = (uploads: Iterable<Coming>): number =>
  [...uploads].reduce((sum, each) => sum + each.bytes, 0);

const unused = (): Account => ({
  used: 0,
  stored: 0,
  storing: 0,
  changes: 0,
  coming: new Set(),
  uploads: 0,
});

const anyRoom = (): Room => ({
  ended: new AbortController().signal,
  take: () => {},
  received: () => {},
  store: (_bytes, store) => store(),
  leave: () => {},
});
