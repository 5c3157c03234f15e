import { readList } from '../devices/device-list';
import type { Delivered } from '../engine/opened';
import type { FakeDevice } from '../testing/fake-device';
import type { FakeWorld } from '../testing/fake-world';

/** What was sent, and who was to read it. */
interface Sent {
  readonly text: string;
  readonly message: Delivered;
  /** Identities to a device of which its epoch was wrapped. */
  readonly readers: ReadonlySet<string>;
}

/** A user's identity key of the moment: after a reset they are somebody else, as far as keys go. */
export function identityNow(world: FakeWorld, user: number): string {
  const list = world.user(user).lists.at(-1);
  return list ? readList(list.text).identity_key : '';
}

/** Who was to read what, written down from outside: what a course of things is measured by. */
export class Ledger {
  readonly #world: FakeWorld;
  readonly #sent: Sent[] = [];
  /** The identity and the device to which each key that was ever listed belongs. */
  readonly #owners = new Map<string, { readonly identity: string; readonly user: number }>();
  readonly #kids = new Map<string, string>();
  /** The newest epoch when a device was shut out. */
  readonly #lastFor = new Map<FakeDevice, number>();

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  get count(): number {
    return this.#sent.length;
  }

  /** The devices of a user that are on their list by now. */
  admit(user: number): void {
    const identity = identityNow(this.#world, user);
    for (const [id, { kid }] of this.#world.user(user).devices) {
      this.#owners.set(kid, { identity, user });
      this.#kids.set(id, kid);
    }
  }

  shutOut(device: FakeDevice, chat: number): void {
    this.#lastFor.set(device, this.#world.room(chat).epochs.length);
  }

  /** Writes down a message. @returns whom it reaches: user and identity */
  write(text: string, message: Delivered): { user: number; identity: string }[] {
    const epoch = this.#world.room(message.chat_id).epochs.at(-1);
    const kids = epoch?.jwe.recipients.map((one) => one.header.kid) ?? [];
    const owners = kids.flatMap((kid) => this.#owners.get(kid) ?? []);
    this.#sent.push({ text, message, readers: new Set(owners.map(({ identity }) => identity)) });
    return owners;
  }

  /** What a device reads and must not, or must and does not. */
  async faultsOf(device: FakeDevice, chat: number, isShared: boolean): Promise<string[]> {
    const { opened } = await device.engine.chat(chat);
    const own = device.engine.devices.secrets?.identity?.public ?? '';
    const who = `user ${device.user}`;
    return this.#sent.flatMap(({ text, message, readers }) => {
      const outcome = opened.get(message.id)?.outcome;
      const body = outcome?.state === 'opened' ? outcome.body : null;
      const shown = body?.kind === 'message' ? body.text : null;
      const mayRead = readers.has(own) || (isShared && this.#joinedLater(own, message));
      if (shown !== null && !mayRead) return [`${who} reads ${text}`];
      if (shown !== null && shown !== text) return [`${who} reads ${shown}`];
      if (shown !== null || !readers.has(own)) return [];
      const reason = outcome?.state === 'refused' ? outcome.reason : 'nothing';
      return [`${who} cannot read ${text}: ${reason}`];
    });
  }

  /** Where history is shared, who is let in reads what was written before. */
  #joinedLater(identity: string, { chat_id, envelope }: Delivered): boolean {
    const { epoch: first } = JSON.parse(Buffer.from(envelope.h, 'base64url').toString());
    const later = this.#world.room(chat_id).epochs.filter(({ epoch }) => epoch > first);
    const kids = later.flatMap(({ jwe }) => jwe.recipients.map((one) => one.header.kid));
    return kids.some((kid) => this.#owners.get(kid)?.identity === identity);
  }

  /** Devices that were shut out got nothing that was written afterwards. */
  leaks(chat: number): string[] {
    return [...this.#lastFor].flatMap(([device, last]) => {
      const own = this.#kids.get(device.engine.devices.secrets?.device.listed.device_id ?? '');
      const later = this.#world.room(chat).epochs.filter(({ epoch }) => epoch > last);
      return later.flatMap(({ epoch, jwe }) =>
        jwe.recipients.some((one) => one.header.kid === own) ? [`epoch ${epoch} leaks`] : [],
      );
    });
  }
}
