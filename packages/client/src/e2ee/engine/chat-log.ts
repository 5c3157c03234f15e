import { type Doubts, doubtsAfter, type KeptEntry, noDoubts } from '../membership/doubts';
import type { LogStatement, SignedEntry } from '../membership/entry';
import { makeEntry, readEntry } from '../membership/entry';
import { emptyLog, extendLog, replayLog, type VerifiedLog } from '../membership/log';
import type { Membership } from '../membership/state';
import { type KeyServer, Outrun } from './key-server';
import type { OwnDevice } from './own-device';
import type { PeerBook } from './peer-book';
import type { SealedStore } from './sealed-store';

/** How often an entry is tried when others append at the same time. */
const TRIES = 5;

export interface ChatLogOptions {
  readonly chat: number;
  readonly own: OwnDevice;
  readonly server: Pick<KeyServer, 'membershipLog' | 'appendMembership'>;
  readonly store: SealedStore;
  readonly peers: Pick<PeerBook, 'signingKey' | 'isLeft'>;
  readonly now: () => number;
}

/** A chat's membership log, as far as it was verified here, kept from one run to the next. */
export class ChatLog {
  readonly #options: ChatLogOptions;
  #entries: readonly KeptEntry[] = [];
  #log: VerifiedLog;
  #doubts: Doubts = noDoubts;
  /** One reading or writing after the other: they build on what they find. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ChatLogOptions) {
    this.#options = options;
    this.#log = emptyLog(options.chat);
  }

  static async load(options: ChatLogOptions): Promise<ChatLog> {
    const log = new ChatLog(options);
    const stored = await options.store.get(log.#name);
    log.#entries = (stored as KeptEntry[] | undefined) ?? [];
    log.#doubts = doubtsAfter(noDoubts, log.#entries);
    log.#log = await replayLog(options.chat, log.#entries);
    return log;
  }

  get verified(): VerifiedLog {
    return this.#log;
  }

  /** Who is in the chat by the log; null while there is none. */
  get members(): Membership | null {
    return this.#log.states.at(-1) ?? null;
  }

  /** Members by the late word of a device whose identity was left alone: they get no keys. */
  get doubtful(): ReadonlySet<number> {
    return this.#doubts.members;
  }

  /** Takes in what was appended meanwhile. @throws Refusal for an entry that does not belong there */
  refresh(): Promise<VerifiedLog> {
    return this.#inTurn(() => this.#refresh());
  }

  /** Signs a statement and appends it, after whatever others appended first. */
  append(statement: LogStatement): Promise<void> {
    return this.#inTurn(() => this.#append(statement));
  }

  async #refresh(): Promise<VerifiedLog> {
    const { server, chat } = this.#options;
    await this.#extend(await server.membershipLog(chat, this.#entries.length));
    return this.#log;
  }

  async #append(statement: LogStatement): Promise<void> {
    for (let tries = 1; ; tries++) {
      const entry = await this.#sign(statement);
      // Whether its author may say this shows here, before anybody else hears of it.
      const extended = await this.#checked([entry]);
      try {
        await this.#options.server.appendMembership(this.#options.chat, entry);
        return await this.#keep([entry], extended);
      } catch (error) {
        if (!(error instanceof Outrun) || tries === TRIES) throw error;
        await this.#refresh();
      }
    }
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => {}).then(action);
    this.#turn = turn;
    return turn;
  }

  #sign(statement: LogStatement): Promise<SignedEntry> {
    const { chat, own, now } = this.#options;
    const place = {
      chat,
      n: this.#entries.length,
      prev: this.#log.heads.at(-1) ?? null,
      by: own.user,
      device: own.deviceId,
      at: now(),
    };
    return makeEntry(own.signingKey, place, statement);
  }

  #checked(entries: readonly SignedEntry[]): Promise<VerifiedLog> {
    const { peers } = this.#options;
    return extendLog(this.#log, entries, (user, device) => peers.signingKey(user, device));
  }

  async #extend(entries: readonly SignedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const extended = await this.#checked(entries);
    await this.#keep(await Promise.all(entries.map((one) => this.#dated(one))), extended);
  }

  /** What a device reads of a chat at first it has to take as it is; later it knows what came after what. */
  async #dated({ entry, sig }: SignedEntry): Promise<KeptEntry> {
    const { by, device } = readEntry(entry);
    const isLate = this.#entries.length > 0 && (await this.#options.peers.isLeft(by, device));
    return isLate ? { entry, sig, isLate } : { entry, sig };
  }

  async #keep(entries: readonly KeptEntry[], extended: VerifiedLog): Promise<void> {
    const all = [...this.#entries, ...entries];
    await this.#options.store.put(this.#name, all);
    this.#entries = all;
    this.#log = extended;
    this.#doubts = doubtsAfter(this.#doubts, entries);
  }

  get #name(): string {
    return `log/${this.#options.chat}`;
  }
}
