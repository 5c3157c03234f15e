import { makeEpoch, newEpochKey } from '../epochs/epoch';
import { type Audience, type AudienceOptions, audienceOf, makerOf } from './audience';
import type { ChatEpochs, HeldEpoch } from './chat-epochs';
import type { ChatServer } from './chat-server';
import { type KeyServer, Outrun } from './key-server';
import type { SealedStore } from './sealed-store';
import { SentCount } from './sent-count';

const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_MESSAGES = 1_000;
/** How often an epoch is tried when others make one at the same time. */
const TRIES = 5;

export interface SendingEpochOptions extends AudienceOptions {
  readonly server: Pick<ChatServer, 'members'> & Pick<KeyServer, 'postEpoch'>;
  readonly epochs: ChatEpochs;
  readonly store: SealedStore;
  readonly now: () => number;
}

/**
 * The epoch that a chat's messages are written under: never one that reaches a device which this one
 * does not find entitled itself.
 */
export class SendingEpoch {
  readonly #options: SendingEpochOptions;
  #current: HeldEpoch | null = null;
  #finding: Promise<HeldEpoch> | null = null;
  readonly #sent: SentCount;
  /** Up to here the server takes nothing more. */
  #refused = 0;

  constructor(options: SendingEpochOptions) {
    this.#options = options;
    this.#sent = new SentCount(options.store, options.chat);
  }

  /** Members, devices or epochs changed: look again before the next message. */
  outdated(): void {
    this.#current = null;
    this.#finding = null;
  }

  /** The server takes nothing under this epoch any more: at least the next one is needed. */
  refused(epoch: number): void {
    this.#refused = Math.max(this.#refused, epoch);
    this.#doubtPeers();
    this.outdated();
  }

  /**
   * The epoch to write under, after making a new one where the newest does not fit.
   * @throws Refusal `identity_changed`, `not_a_member`, `unknown_device`
   */
  async use(): Promise<HeldEpoch> {
    const epoch = await this.ready();
    await this.#sent.add(epoch.number);
    return epoch;
  }

  /** As `use`, without writing: who came in can read from here on. */
  async ready(): Promise<HeldEpoch> {
    await this.#sent.load();
    if (this.#current && this.#isYoung(this.#current)) return this.#current;
    this.#finding ??= this.#find();
    const finding = this.#finding;
    try {
      const found = await finding;
      // What changed meanwhile made this answer old.
      if (this.#finding === finding) this.#current = found;
      return found;
    } finally {
      if (this.#finding === finding) this.#finding = null;
    }
  }

  async #find(): Promise<HeldEpoch> {
    const { log, epochs } = this.#options;
    for (let tries = 1; ; tries++) {
      await log.refresh();
      await epochs.refresh();
      const audience = await audienceOf(this.#options);
      const newest = epochs.get(epochs.newest);
      if (newest && this.#fits(newest, audience)) return newest;
      try {
        return await this.#make(audience);
      } catch (error) {
        if (!(error instanceof Outrun) || tries === TRIES) throw error;
        this.#doubtPeers();
      }
    }
  }

  /** The server knows of a device that came or went, and this one was not told. */
  #doubtPeers(): void {
    const { log, peers } = this.#options;
    for (const user of log.members?.members.keys() ?? []) peers.outdated(user);
  }

  /** Whoever made it has its key: so it must be one of the devices that may, whatever it names. */
  #fits(held: HeldEpoch, { hash, head, makers }: Audience): boolean {
    const { devices, log, from, device } = held.header;
    const isSame = devices === hash && log === head && makers.has(makerOf(from, device));
    return isSame && held.number > this.#refused && this.#isYoung(held);
  }

  #isYoung({ header, number }: HeldEpoch): boolean {
    // A clock that is far ahead must not make an epoch last for ever.
    const age = Math.abs(this.#options.now() - header.at);
    return age < MAX_AGE_MS && this.#sent.of(number) < MAX_MESSAGES;
  }

  async #make({ devices, head, share }: Audience): Promise<HeldEpoch> {
    const { chat, own, server, epochs, now } = this.#options;
    const number = epochs.newest + 1;
    const key = newEpochKey();
    const before = share ? (epochs.get(number - 1)?.key ?? null) : null;
    const plan = {
      chat,
      epoch: number,
      from: own.user,
      device: own.deviceId,
      log: head,
      share: before !== null,
      at: now(),
      recipients: devices,
    };
    const { posted, header } = await makeEpoch(own.signingKey, plan, { key, before });
    await server.postEpoch(chat, posted);
    const held = { number, key, header };
    await epochs.add(held);
    return held;
  }
}
