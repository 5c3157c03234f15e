import { type ListedDevice, readList, type SignedDeviceList } from '../devices/device-list';
import { Refusal } from '../errors';
import { type Identity, type SafetyNumber, safetyNumber } from '../safety-number';
import type { KeyServer } from './key-server';
import { identityOf, isSuspect, type Peer, withList, withPastLists } from './peer';
import type { SealedStore } from './sealed-store';

/** Somebody's identity key is another one than before. */
export interface KeyChange {
  readonly user: number;
  /** Whether they had been verified: then nothing is sent to them until this is resolved. */
  readonly wasVerified: boolean;
}

export interface PeerBookOptions {
  readonly server: Pick<KeyServer, 'deviceList' | 'deviceLists'>;
  readonly store: SealedStore;
  readonly onKeyChanged: (change: KeyChange) => void;
  /** The server delivered a list that cannot be. What was known stays. */
  readonly onRefused: (user: number, refusal: Refusal) => void;
}

/**
 * The people whose keys are known, each verified against what was known before: trust on first use,
 * and never a silent change after that.
 */
export class PeerBook {
  readonly #options: PeerBookOptions;
  readonly #peers = new Map<number, Promise<Peer | null>>();
  /** Whose list is known to be current. */
  readonly #fresh = new Set<number>();
  /** Devices that are on no list of their user: they are not asked for again and again. */
  readonly #strangers = new Map<number, Set<string>>();

  constructor(options: PeerBookOptions) {
    this.#options = options;
  }

  /** What is known of a user, asked of the server if nothing is. Null for who has no devices. */
  async peer(user: number): Promise<Peer | null> {
    return (await this.#known(user)) ?? this.refresh(user);
  }

  /** As `peer`, but what is known is brought up to date if something may have changed. */
  current(user: number): Promise<Peer | null> {
    return this.#fresh.has(user) ? this.peer(user) : this.refresh(user);
  }

  /** Something of this user's keys may have changed; of everybody's, without one. */
  outdated(user?: number): void {
    for (const known of [this.#fresh, this.#strangers]) {
      if (user === undefined) known.clear();
      else known.delete(user);
    }
  }

  /** Another tab changed what is known of a user. */
  async changedElsewhere(user: number): Promise<void> {
    const held = await this.#peers.get(user);
    if (!held) return;
    if ((await this.#options.store.get(nameOf(user))) === undefined) {
      // Their user signed out there: what is held must not be written again.
      this.#peers.delete(user);
      return;
    }
    const peer = await this.#change(user, async (stored) => stored ?? held);
    if (identityOf(held) !== identityOf(peer)) {
      this.#options.onKeyChanged({ user, wasVerified: peer.verified !== null });
    }
  }

  /** Asks the server anew. What it delivers and cannot be is refused, and what was known stays. */
  async refresh(user: number): Promise<Peer | null> {
    const list = await this.#options.server.deviceList(user);
    try {
      const peer = list ? await this.learn(user, list) : await this.#known(user);
      this.#fresh.add(user);
      return peer;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#options.onRefused(user, error);
      const known = await this.#known(user);
      if (!known) throw error;
      return known;
    }
  }

  /** What is known of a user without asking anybody. */
  held(user: number): Promise<Peer | null> {
    return this.#known(user);
  }

  /** Takes in a list that was delivered. */
  learn(user: number, list: SignedDeviceList): Promise<Peer> {
    return this.#change(user, async (known) => {
      const { peer, identityChanged } = await withList(known, user, list);
      if (identityChanged) {
        this.#options.onKeyChanged({ user, wasVerified: peer.verified !== null });
      }
      return peer;
    });
  }

  /**
   * The key with which a device signs, now or in the past.
   * @throws Refusal `unknown_device`
   */
  async signingKey(user: number, device: string): Promise<string> {
    const known = (await this.peer(user))?.signingKeys[device];
    if (known !== undefined) return known;
    if (this.#strangers.get(user)?.has(device)) unknown();
    const fresh = (await this.refresh(user))?.signingKeys[device];
    return fresh ?? (await this.#pastKey(user, device));
  }

  /** Whether a device belongs to an identity that its user left, as was seen here. */
  async isLeft(user: number, device: string): Promise<boolean> {
    return (await this.current(user))?.leftDevices?.includes(device) ?? false;
  }

  /** The devices that get keys. @throws Refusal `identity_changed` while a verified contact's is another */
  async devices(user: number): Promise<readonly ListedDevice[]> {
    const peer = await this.current(user);
    if (!peer) return [];
    if (isSuspect(peer)) {
      const detail = 'The keys of a contact whom you had verified have changed';
      throw new Refusal('identity_changed', detail);
    }
    return readList(peer.list.text).devices;
  }

  /** Whether this user's identity changed since it was verified: nothing may be sent to them. */
  async isSuspect(user: number): Promise<boolean> {
    const peer = await this.#known(user);
    return peer !== null && isSuspect(peer);
  }

  async isVerified(user: number): Promise<boolean> {
    const peer = await this.peer(user);
    return peer !== null && peer.verified === identityOf(peer);
  }

  /** A person compared this identity. @throws Refusal `identity_changed` when it is no longer theirs */
  verify(user: number, identityKey: string): Promise<Peer> {
    return this.#change(user, async (known) => {
      const peer = known ?? unknown();
      if (identityOf(peer) !== identityKey) {
        throw new Refusal('identity_changed', 'Their key changed since you compared it');
      }
      return { ...peer, verified: identityKey };
    });
  }

  /** Goes on with a changed identity without having verified it. */
  accept(user: number): Promise<Peer> {
    return this.#change(user, async (known) => ({ ...(known ?? unknown()), verified: null }));
  }

  /** What two people compare. @throws Refusal `unknown_device` when one has no keys */
  async safetyNumber(own: Identity, user: number): Promise<SafetyNumber> {
    const peer = (await this.peer(user)) ?? unknown();
    return safetyNumber(own, { user, identityKey: identityOf(peer) });
  }

  /** Devices that were removed signed messages that are still there. */
  async #pastKey(user: number, device: string): Promise<string> {
    const lists = await this.#options.server.deviceLists(user);
    const peer = await this.#change(user, (known) => withPastLists(known ?? unknown(), lists));
    const key = peer.signingKeys[device];
    if (key !== undefined) return key;
    const strangers = this.#strangers.get(user) ?? new Set();
    this.#strangers.set(user, strangers.add(device));
    return unknown();
  }

  #known(user: number): Promise<Peer | null> {
    const held = this.#peers.get(user);
    if (held) return held;
    const read = this.#options.store.get(nameOf(user)) as Promise<Peer | undefined>;
    const loading = read.then((peer) => peer ?? null);
    this.#peers.set(user, loading);
    return loading;
  }

  /** One change of a peer after the other; what fails changes nothing. */
  async #change(user: number, change: (known: Peer | null) => Promise<Peer>): Promise<Peer> {
    const before = this.#known(user);
    // Another tab may have changed what is stored, such as by verifying.
    const changing = before.then(() =>
      this.#options.store.update<Peer>(nameOf(user), (stored) => change(stored ?? null)),
    );
    this.#peers.set(
      user,
      changing.catch(() => before),
    );
    return changing;
  }
}

/** The names under which peers are kept begin so; the user's number follows. */
export const PEERS = 'peer/';
const nameOf = (user: number) => PEERS + user;

function unknown(): never {
  throw new Refusal('unknown_device', 'No signed list of its sender has this device');
}
