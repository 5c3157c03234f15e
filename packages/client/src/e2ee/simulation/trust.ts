import { Refusal } from '../errors';
import type { FakeDevice } from '../testing/fake-device';

type Store = FakeDevice['store'];

/** What a device knows of a user: by which key, and whether its own user compared it. */
interface Known {
  readonly identity: string;
  readonly isVerified: boolean;
}

/**
 * Whom each device knows by which key, written down from outside: no key may change silently, and
 * what goes to a contact whom one verified stops until one says so. A device is told by its store,
 * which outlives restarts.
 */
export class Trust {
  readonly #known = new Map<Store, Map<number, Known>>();
  readonly #told = new Map<Store, Set<number>>();
  readonly faults: string[] = [];

  /** A device learned this key at first contact, or later. */
  async meets(device: FakeDevice, user: number): Promise<void> {
    const peer = await device.engine.peers.peer(user);
    if (!peer || this.#of(device).has(user)) return;
    this.#learn(device, user, { identity: await identityOf(device, user), isVerified: false });
  }

  async verifies(device: FakeDevice, user: number): Promise<void> {
    await this.meets(device, user);
    const identity = await identityOf(device, user);
    if (this.#of(device).get(user)?.identity !== identity) return;
    await device.engine.peers.verify(user, identity);
    this.#learn(device, user, { identity, isVerified: true });
  }

  /** Goes on with keys that changed, as a user does who was asked. */
  async accepts(device: FakeDevice, users: readonly number[]): Promise<void> {
    for (const user of users) {
      if (!(await device.engine.peers.isSuspect(user))) continue;
      await device.engine.peers.accept(user);
      this.remember(device);
      this.#learn(device, user, { identity: await identityOf(device, user), isVerified: false });
    }
  }

  /** Keeps what a device was told of, before another run of it takes its place. */
  remember(device: FakeDevice): void {
    const told = this.#told.get(device.store) ?? new Set();
    for (const { user_id } of device.changes.splice(0)) told.add(user_id);
    this.#told.set(device.store, told);
  }

  /** A device wrote to these identities. */
  wrote(device: FakeDevice, to: readonly { user: number; identity: string }[]): void {
    for (const { user, identity } of to) this.#reached(device, user, identity);
  }

  /** In the end every device was told of every key that changed. */
  async settle(device: FakeDevice): Promise<void> {
    this.remember(device);
    for (const [user, { identity }] of this.#of(device)) {
      const now = await identityOf(device, user);
      const isTold = now === identity || this.#told.get(device.store)?.has(user);
      if (!isTold) this.faults.push(`user ${device.user} is not told that ${user} changed`);
    }
  }

  #reached(device: FakeDevice, user: number, identity: string): void {
    const known = this.#of(device).get(user);
    if (user === device.user || !known || known.identity === identity) return;
    this.remember(device);
    const about = `user ${device.user} writes to the new key of ${user}`;
    if (known.isVerified) this.faults.push(`${about}, whom they had verified`);
    if (!this.#told.get(device.store)?.has(user)) this.faults.push(`${about} untold`);
    this.#learn(device, user, { identity, isVerified: false });
  }

  #learn(device: FakeDevice, user: number, known: Known): void {
    this.#of(device).set(user, known);
    this.#told.get(device.store)?.delete(user);
  }

  #of({ store }: FakeDevice): Map<number, Known> {
    const held = this.#known.get(store) ?? new Map<number, Known>();
    this.#known.set(store, held);
    return held;
  }
}

async function identityOf({ engine }: FakeDevice, user: number): Promise<string> {
  const peer = await engine.peers.peer(user);
  return peer ? JSON.parse(peer.list.text).identity_key : '';
}

/**
 * What a reset may stop: what goes to a verified contact, and what somebody writes whom the one who
 * began anew had let in, until an admin lets them in again.
 */
const STOPS: ReadonlySet<string> = new Set(['identity_changed', 'not_a_member']);

/** Does something that somebody's reset may stop; whether it was done. */
export async function unlessStopped(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof Refusal && STOPS.has(error.reason)) return false;
    throw error;
  }
}
