import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { readyKeys } from '../testing/ready-keys';
import { attempt, Faults } from './faults';
import { Ledger } from './ledger';
import { Chance } from './random';
import { Trust, unlessStopped } from './trust';

const OWNER = 1;
const USERS = [OWNER, 2, 3] as const;
const MAX_DEVICES = 3;
const FAULTS = 0.03;

/** One course of things, drawn from a seed. */
export class Simulation {
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #world = new FakeWorld();
  readonly #makeKeys = readyKeys();
  readonly #devices = new Map<number, FakeDevice[]>();
  readonly #recovery = new Map<number, string>();
  readonly #ledger = new Ledger(this.#world);
  readonly #trust = new Trust();
  readonly trace: string[] = [];
  #chat = 0;
  #share = false;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#faults = new Faults(this.#chance);
  }

  async run(steps: number): Promise<void> {
    this.#share = this.#chance.happens(0.3);
    for (const user of USERS) await this.#setUp(user);
    const [owner] = this.#of(OWNER);
    if (!owner) throw new Error('There is no owner');
    this.#chat = await owner.makeRoom('group', [2], this.#share);
    for (const device of [...this.#devices.values()].flat()) await device.engine.pin(this.#chat);
    this.#faults.probability = FAULTS;
    for (let step = 0; step < steps; step++) await this.#step();
    this.#faults.probability = 0;
    await this.#settle();
  }

  /** What contradicts the promise: who is entitled reads everything, and nobody else anything. */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    for (const user of USERS) {
      // Even who is let in by the server alone must not read what was not for them.
      this.#world.room(this.#chat).members.set(user, 'member');
      for (const device of this.#of(user)) {
        await device.engine.chatChanged(this.#chat);
        await device.fetch(this.#chat);
        faults.push(...(await this.#ledger.faultsOf(device, this.#chat, this.#share)));
        await this.#trust.settle(device);
      }
    }
    return [...faults, ...this.#ledger.leaks(this.#chat), ...this.#trust.faults];
  }

  #members(): ReadonlyMap<number, unknown> {
    const log = this.#of(OWNER)[0]?.engine.loaded(this.#chat)?.log;
    return log?.members?.members ?? new Map();
  }

  #of(user: number): FakeDevice[] {
    return this.#devices.get(user) ?? [];
  }

  async #step(): Promise<void> {
    const steps = [
      this.#say,
      this.#say,
      this.#say,
      this.#fetch,
      this.#fetch,
      this.#tell,
      this.#join,
      this.#part,
      this.#restart,
      this.#backUp,
      this.#changeMembers,
      this.#changeMembers,
      this.#verify,
      ...(this.#chance.happens(0.3) ? [this.#loseEverything] : []),
    ];
    const step = this.#chance.pick(steps);
    const user = this.#chance.pick(USERS) ?? OWNER;
    const device = this.#chance.pick(this.#of(user));
    if (device) await step?.call(this, device);
  }

  async #say(device: FakeDevice): Promise<void> {
    const room = this.#world.room(this.#chat);
    if (!room.members.has(device.user) || !this.#members().has(device.user)) return;
    const text = `${this.#ledger.count + 1} by ${device.user}`;
    const write = async () => {
      const message = await device.say(this.#chat, text);
      this.#trust.wrote(device, this.#ledger.write(text, message));
    };
    const said = await attempt(() => this.#orAccept(device, write));
    this.trace.push(`say ${text}: ${said}`);
  }

  /** Who is stopped by a contact's changed key goes on with it, sooner or later. */
  async #orAccept(device: FakeDevice, action: () => Promise<void>): Promise<void> {
    if (await unlessStopped(action)) return;
    this.trace.push(`user ${device.user} is stopped by a reset`);
    if (this.#chance.happens(0.5)) await this.#trust.accepts(device, USERS);
  }

  /** Some of the messages, in any order, some twice. */
  async #fetch(device: FakeDevice): Promise<void> {
    const { messages } = this.#world.room(this.#chat);
    const some = this.#chance.shuffled(messages).filter(() => this.#chance.happens(0.6));
    await device.take(...some, ...some.slice(0, 1));
    this.trace.push(`user ${device.user} fetches ${some.length}`);
  }

  /** Events reach a device; most are lost. */
  async #tell(device: FakeDevice): Promise<void> {
    await attempt(() => device.engine.peerChanged());
    if (!this.#world.room(this.#chat).members.has(device.user)) return;
    await attempt(() => device.engine.chatChanged(this.#chat));
  }

  async #restart(device: FakeDevice): Promise<void> {
    device.engine.stop();
    this.#trust.remember(device);
    const again = await this.#quietly(() => this.#make(device.user, device.store));
    this.#replace(device, again);
    this.trace.push(`user ${device.user} restarts a device`);
  }

  async #backUp(device: FakeDevice): Promise<void> {
    await attempt(() => device.engine.backup.save());
  }

  /** A new device comes in by an old one, or by the recovery key. */
  async #join(device: FakeDevice): Promise<void> {
    const { user } = device;
    if (this.#of(user).length === MAX_DEVICES) return;
    const made = await this.#quietly(() => this.#make(user));
    const byCode = this.#chance.happens(0.5);
    await this.#quietly(() => device.engine.backup.save());
    await attempt(() => (byCode ? this.#approve(device, made) : this.#recover(made)));
    // A device of which only the answer was lost is in all the same.
    if (byCode) await this.#quietly(() => made.engine.devices.takeGrant());
    const done = (await this.#quietly(() => made.engine.start())) === 'ready';
    if (done) this.#admit(made);
    await made.engine.pin(this.#chat);
    this.trace.push(`user ${user} has a new device by ${byCode ? 'code' : 'key'}: ${done}`);
  }

  async #approve(old: FakeDevice, made: FakeDevice): Promise<void> {
    const { code } = await made.engine.devices.requestApproval('Device');
    await old.engine.devices.approve(code);
  }

  async #recover({ engine, user }: FakeDevice): Promise<void> {
    await engine.devices.recover('Device', { key: this.#recovery.get(user) ?? '' });
  }

  /** A device is removed by another one of its user. */
  async #part(device: FakeDevice): Promise<void> {
    const other = this.#chance.pick(this.#of(device.user).filter((one) => one !== device));
    // Who was put out of a chat can no longer fetch what waits there for a device that goes.
    if (!other || !this.#world.room(this.#chat).members.has(device.user)) return;
    const id = other.engine.devices.secrets?.device.listed.device_id ?? '';
    const done = await attempt(() => device.engine.removeDevice(id));
    // Only the answer may have been lost.
    if (!done && this.#world.user(device.user).devices.has(id)) return;
    this.#ledger.shutOut(other, this.#chat);
    this.#devices.set(
      device.user,
      this.#of(device.user).filter((one) => one !== other),
    );
    this.trace.push(`user ${device.user} removes a device`);
  }

  async #changeMembers(): Promise<void> {
    const owner = this.#chance.pick(this.#of(OWNER));
    const user = this.#chance.pick([2, 3]) ?? 2;
    if (!owner) return;
    const { members } = await owner.engine.chat(this.#chat);
    const isIn = this.#world.room(this.#chat).members.has(user);
    const change = () => (isIn ? members.remove(user) : members.add(user));
    const done = await attempt(() => this.#orAccept(owner, change));
    if (!done) await this.#quietly(() => this.#orAccept(owner, () => members.reconcile()));
    this.trace.push(`user ${user} ${isIn ? 'leaves' : 'joins'}: ${done}`);
  }

  /** A device's user compares keys with somebody. */
  async #verify(device: FakeDevice): Promise<void> {
    const user = this.#chance.pick(USERS) ?? OWNER;
    if (user !== device.user) await attempt(() => this.#trust.verifies(device, user));
  }

  /** All devices of a user are gone, and the recovery key: they begin again as somebody else. */
  async #loseEverything({ user }: FakeDevice): Promise<void> {
    for (const other of [...this.#devices.values()].flat()) {
      if (other.user !== user) await this.#quietly(() => this.#trust.meets(other, user));
    }
    const made = await this.#quietly(() => this.#make(user));
    const reset = async () => {
      const { recoveryKey } = await made.engine.devices.resetIdentity('New');
      this.#recovery.set(user, recoveryKey ?? '');
    };
    // Who is not shown a recovery key begins again.
    if (!(await attempt(reset))) await this.#quietly(reset);
    for (const lost of this.#of(user)) this.#ledger.shutOut(lost, this.#chat);
    this.#devices.set(user, []);
    await this.#quietly(() => made.engine.start());
    await made.engine.pin(this.#chat);
    this.#admit(made);
    if (this.#world.room(this.#chat).members.has(user)) {
      await this.#quietly(() => made.engine.chatChanged(this.#chat));
    }
    this.trace.push(`user ${user} loses all devices`);
  }

  async #settle(): Promise<void> {
    const all = [...this.#devices.values()].flat();
    // Twice, as what one device backs up another one reads.
    for (const device of [...all, ...all]) await device.engine.reconnected();
    for (const device of all) {
      for (const user of USERS) await device.engine.peers.current(user);
    }
  }

  async #setUp(user: number): Promise<void> {
    const device = await this.#make(user);
    this.#recovery.set(user, await device.setUp());
    this.#admit(device);
  }

  #admit(device: FakeDevice): void {
    this.#devices.set(device.user, [...this.#of(device.user), device]);
    this.#ledger.admit(device.user);
  }

  #make(user: number, store?: FakeDevice['store']): Promise<FakeDevice> {
    return FakeDevice.make({
      world: this.#world,
      user,
      makeKeys: this.#makeKeys,
      through: this.#faults.through,
      ...(store ? { store } : {}),
    });
  }

  #replace(device: FakeDevice, by: FakeDevice): void {
    const all = this.#of(device.user).map((one) => (one === device ? by : one));
    this.#devices.set(device.user, all);
  }

  async #quietly<T>(action: () => Promise<T>): Promise<T> {
    const before = this.#faults.probability;
    this.#faults.probability = 0;
    try {
      return await action();
    } finally {
      this.#faults.probability = before;
    }
  }
}
