import { ClientError } from '../../errors';
import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import { openBefore } from '../epochs/before';
import { openEpoch, type PostedEpoch, readEpoch, verifyEpoch } from '../epochs/epoch';
import type { EpochHeader } from '../epochs/header';
import { Refusal } from '../errors';
import { membershipAt } from '../membership/log';
import type { Membership } from '../membership/state';
import type { ChatLog } from './chat-log';
import type { KeyServer } from './key-server';
import type { OwnDevice, SiblingKey } from './own-device';
import type { PeerBook } from './peer-book';
import type { SealedStore } from './sealed-store';

/** An epoch that can be used: whoever made it was verified, and its key is here. */
export interface HeldEpoch {
  readonly number: number;
  readonly key: Bytes;
  readonly header: EpochHeader;
}

/** What is kept of a chat's epochs. */
interface Kept {
  /** The headers that were verified, by number. */
  readonly headers: Record<string, EpochHeader>;
  /** base64url of 32 bytes, by number. */
  readonly keys: Record<string, string>;
  /** What was delivered and refused: looked at again, as its author's keys may only come later. */
  readonly refused: number[];
  /** The newest number that the server delivered, whether it could be used or not. */
  newest: number;
}

export interface ChatEpochsOptions {
  readonly chat: number;
  readonly own: OwnDevice;
  /** Keys of the user's other devices. */
  readonly siblings: () => Promise<readonly SiblingKey[]>;
  readonly server: Pick<KeyServer, 'epochs'>;
  readonly store: SealedStore;
  readonly peers: Pick<PeerBook, 'signingKey'>;
  readonly log: ChatLog;
  /** An epoch that was delivered cannot be used. */
  readonly onRefused: (epoch: number, refusal: Refusal) => void;
  /** There are keys that were not here before. */
  readonly onKeys: () => void;
}

/** The names under which epochs are kept begin so; the chat's number follows. */
export const EPOCHS = 'epochs/';
const epochsName = (chat: number): string => EPOCHS + chat;

const nothing = (): Kept => ({ headers: {}, keys: {}, refused: [], newest: 0 });

/** The keys of a chat by epoch, as they are backed up. */
export async function storedKeys(store: SealedStore, name: string): Promise<Kept['keys']> {
  return ((await store.get(name)) as Kept | undefined)?.keys ?? {};
}

/** Keeps keys of a chat that is not looked at yet. */
export async function storeKeys(store: SealedStore, chat: number, keys: Kept['keys']) {
  await store.update<Kept>(epochsName(chat), (kept = nothing()) => ({
    ...kept,
    keys: { ...keys, ...kept.keys },
  }));
}

/** The epochs of a chat, each verified when it came. */
export class ChatEpochs {
  readonly #options: ChatEpochsOptions;
  #kept: Kept = nothing();
  /** How far each of the user's other devices was asked for its slices. */
  readonly #asked = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ChatEpochsOptions) {
    this.#options = options;
  }

  static async load(options: ChatEpochsOptions): Promise<ChatEpochs> {
    const epochs = new ChatEpochs(options);
    const kept = (await options.store.get(epochsName(options.chat))) as Kept | undefined;
    if (kept) epochs.#kept = kept;
    return epochs;
  }

  /** The newest number that was delivered; 0 for none. */
  get newest(): number {
    return this.#kept.newest;
  }

  get(number: number): HeldEpoch | undefined {
    const [header, key] = [this.#kept.headers[number], this.#kept.keys[number]];
    return header && key !== undefined ? { number, key: fromBase64Url(key), header } : undefined;
  }

  /** @throws Refusal `missing_key` */
  require(number: number): HeldEpoch {
    const held = this.get(number);
    if (!held) throw new Refusal('missing_key', 'The key of this message is not here yet');
    return held;
  }

  /** Who was in the chat when an epoch was made. */
  membership({ header }: HeldEpoch): Membership {
    return membershipAt(this.#options.log.verified, header.log);
  }

  /** Takes in what came since, and what was refused before. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh());
  }

  /** An epoch of this device's own that the server took. */
  add({ number, key, header }: HeldEpoch): Promise<void> {
    return this.#inTurn(async () => {
      this.#kept.headers[number] = header;
      this.#kept.newest = Math.max(this.#kept.newest, number);
      this.#hold(number, key);
      await this.#keep();
    });
  }

  /** Takes in keys that another device of the same user, or a backup, holds. */
  restore(keys: Kept['keys']): Promise<void> {
    return this.#inTurn(async () => {
      for (const [number, key] of Object.entries(keys)) this.#hold(Number(number), key);
      await this.#followLinks();
      await this.#keep();
    });
  }

  async #refresh(): Promise<void> {
    const { server, chat, own } = this.#options;
    const from = Math.min(this.#kept.newest, ...this.#kept.refused.map((number) => number - 1));
    const news = await server.epochs(chat, own.deviceId, from);
    if (news.length === 0 && this.#lacking().length === 0) return;
    for (const epoch of news) await this.#take(epoch);
    await this.#followLinks();
    await this.#askForSiblings();
    await this.#followLinks();
    await this.#keep();
  }

  async #take(value: PostedEpoch): Promise<void> {
    const number = Number(value.epoch);
    if (!Number.isSafeInteger(number) || number < 1) return;
    // The server leaves none out: a number far ahead would make those that come never count.
    if (number > this.#kept.newest + 1) return this.#options.onRefused(number, gap());
    const index = this.#kept.refused.indexOf(number);
    if (number <= this.#kept.newest && index < 0) return;
    try {
      await this.#verified(value);
      if (index >= 0) this.#kept.refused.splice(index, 1);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (index < 0) this.#kept.refused.push(number);
      this.#options.onRefused(number, error);
    }
    this.#kept.newest = Math.max(this.#kept.newest, number);
  }

  /** Takes in an epoch that its place, its signature and the membership log vouch for. */
  async #verified(value: PostedEpoch): Promise<void> {
    const { chat, own, peers, log } = this.#options;
    const { posted, header } = readEpoch(value);
    if (header.chat !== chat || header.epoch !== posted.epoch) {
      throw new Refusal('misplaced', 'The epoch was made for another place than this');
    }
    await verifyEpoch(posted, await peers.signingKey(header.from, header.device));
    if (!log.verified.heads.includes(header.log)) await log.refresh();
    if (!membershipAt(log.verified, header.log).members.has(header.from)) {
      throw new Refusal('not_a_member', 'The epoch was made by somebody who was not in the chat');
    }
    this.#mustNotGoBack(header);
    const isOwn = posted.jwe.recipients.some((one) => one.header.kid === own.kid);
    const key = isOwn
      ? await openEpoch(posted, { kid: own.kid, privateKey: own.unwrappingKey })
      : null;
    this.#kept.headers[header.epoch] = header;
    if (key) this.#hold(header.epoch, key);
  }

  /** Who was removed must not make epochs by a log of which they were still a member. */
  #mustNotGoBack({ epoch, log }: EpochHeader): void {
    const { heads } = this.#options.log.verified;
    let before = epoch - 1;
    while (before > 0 && !this.#kept.headers[before]) before--;
    const reached = this.#kept.headers[before]?.log;
    if (reached === undefined || heads.indexOf(log) >= heads.indexOf(reached)) return;
    throw new Refusal(
      'old_epoch',
      'The epoch goes back to a membership log before that of another',
    );
  }

  /** From each epoch whose key is here to the one before, where history is shared. */
  async #followLinks(): Promise<void> {
    const { chat } = this.#options;
    for (let number = this.#kept.newest; number > 1; number--) {
      const held = this.get(number);
      const link = held?.header.before;
      if (!held || link === undefined || this.#kept.keys[number - 1] !== undefined) continue;
      const opened = await openBefore({ chat, epoch: number }, held.key, link).catch(refused);
      if (opened) this.#hold(number - 1, opened);
    }
  }

  /** What was wrapped to another device of this user opens with the key of that one. */
  async #askForSiblings(): Promise<void> {
    for (const sibling of await this.#options.siblings()) {
      const [first] = this.#lacking();
      if (first === undefined) return;
      if (this.#asked.get(sibling.deviceId) === this.#kept.newest) continue;
      await this.#askFor(sibling, first - 1);
    }
  }

  async #askFor({ deviceId, unwrappingKey }: SiblingKey, after: number): Promise<void> {
    const { server, chat } = this.#options;
    try {
      for (const slice of await server.epochs(chat, deviceId, after)) {
        await this.#takeSlice(slice, unwrappingKey);
      }
    } catch (error) {
      // A device that was removed has no slices any more, and the server does not know it.
      const isGone = error instanceof ClientError && error.code === 'not_found';
      if (!isGone && !(error instanceof Refusal)) throw error;
    }
    this.#asked.set(deviceId, this.#kept.newest);
  }

  /** Another slice of an epoch that is known here: it must be the same, signature and all. */
  async #takeSlice(slice: PostedEpoch, privateKey: CryptoKey): Promise<void> {
    const { posted, header } = readEpoch(slice);
    const [recipient] = posted.jwe.recipients;
    const known = this.#kept.headers[posted.epoch];
    if (!recipient || JSON.stringify(known) !== JSON.stringify(header)) return;
    await verifyEpoch(posted, await this.#options.peers.signingKey(header.from, header.device));
    const key = await openEpoch(posted, { kid: recipient.header.kid, privateKey }).catch(refused);
    if (key) this.#hold(posted.epoch, key);
  }

  /** The epochs that exist and have no key here, in order. */
  #lacking(): number[] {
    const numbers = Object.keys(this.#kept.headers).map(Number);
    return numbers.filter((number) => this.#kept.keys[number] === undefined).sort((a, b) => a - b);
  }

  /** The first key of an epoch stays: it came bound to the header, or from oneself. */
  #hold(number: number, key: Bytes | string): void {
    this.#kept.keys[number] ??= typeof key === 'string' ? key : toBase64Url(key);
  }

  async #keep(): Promise<void> {
    const { store, chat, onKeys } = this.#options;
    let before = 0;
    const kept = await store.update<Kept>(epochsName(chat), (stored = nothing()) => {
      before = Object.keys(stored.keys).length;
      // Another tab may have learned keys that are not here.
      return { ...this.#kept, keys: { ...stored.keys, ...this.#kept.keys } };
    });
    this.#kept = { ...this.#kept, keys: kept.keys };
    if (Object.keys(kept.keys).length > before) onKeys();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => {}).then(action);
    this.#turn = turn;
    return turn;
  }
}

const gap = () => new Refusal('malformed', 'There is no epoch right before this one');

function refused(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}
