import { readList } from './devices/device-list';
import { identityOf, isSuspect } from './engine/peer';
import type { PeerBook } from './engine/peer-book';
import { Refusal } from './errors';
import { type Identity, matchesScanned, type SafetyNumber, safetyNumber } from './safety-number';

export interface ContactsOptions {
  readonly peers: PeerBook;
  readonly user: number;
  /** One's own identity key. */
  readonly identity: () => string | null;
}

/**
 * How sure one can be of somebody's keys. `unknown`: they have none. `changed`: they had been verified
 * under another identity, and nothing is sent to them.
 */
export type Trust = 'unknown' | 'unverified' | 'verified' | 'changed';

/** Making sure that the keys of other people are theirs. */
export class Contacts {
  readonly #options: ContactsOptions;

  constructor(options: ContactsOptions) {
    this.#options = options;
  }

  /** What both compare, by voice or by scanning. @throws Refusal `unknown_device` without keys */
  async safetyNumber(user: number): Promise<SafetyNumber> {
    const { own, other } = await this.#identities(user);
    return safetyNumber(own, other);
  }

  /** What is known here of somebody, asked of the server if nothing is. */
  async trust(user: number): Promise<Trust> {
    const peer = await this.#options.peers.peer(user);
    if (!peer) return 'unknown';
    if (peer.verified === null) return 'unverified';
    return isSuspect(peer) ? 'changed' : 'verified';
  }

  /** The ids of the devices that somebody signed as theirs. */
  async devices(user: number): Promise<string[]> {
    const peer = await this.#options.peers.current(user);
    return peer ? readList(peer.list.text).devices.map(({ device_id }) => device_id) : [];
  }

  isVerified(user: number): Promise<boolean> {
    return this.#options.peers.isVerified(user);
  }

  /**
   * Says that this is the number, or the scanned code, that the other one has.
   * @throws Refusal `identity_changed` when it is not theirs
   */
  async verify(user: number, digitsOrQr: string): Promise<void> {
    const { own, other } = await this.#identities(user);
    const isScanned = digitsOrQr.startsWith('confab:');
    const fits = isScanned
      ? await matchesScanned(digitsOrQr, own, other)
      : digitsOf((await safetyNumber(own, other)).digits) === digitsOf(digitsOrQr);
    if (!fits) throw new Refusal('identity_changed', 'This is not the safety number of you two');
    await this.#options.peers.verify(user, other.identityKey);
  }

  /** Goes on with somebody's keys as with ones that were never compared, changed or not. */
  async accept(user: number): Promise<void> {
    await this.#options.peers.accept(user);
  }

  async #identities(user: number): Promise<{ own: Identity; other: Identity }> {
    const { peers, user: self, identity } = this.#options;
    const [peer, own] = [await peers.peer(user), identity()];
    if (!peer || own === null) throw new Refusal('unknown_device', 'They have no keys to compare');
    return {
      own: { user: self, identityKey: own },
      other: { user, identityKey: identityOf(peer) },
    };
  }
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');
