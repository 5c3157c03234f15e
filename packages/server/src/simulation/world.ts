import { readSettings } from '../config/settings';
import { createSession } from '../features/auth';
import { createUser } from '../features/users';
import { Witness } from './checks/witness';
import type { Device, SimulatedSession, SimulatedUser, Surroundings } from './devices/device';
import { PlainDevice } from './devices/plain-device';
import { SdkDevice } from './devices/sdk-device';
import { Machine } from './machine/machine';
import type { Sabotage } from './machine/sabotage';
import type { Store } from './machine/store';
import { Model } from './model/model';
import { Random } from './random';
import { type Life, Timeline } from './timeline';
import { Trace } from './trace';
import { Network } from './wire/network';

/** A promise of the contract that was not kept, or (0) a fault that nobody promised. */
export class BrokenPromise extends Error {
  override name = 'BrokenPromise';
  readonly promise: string;

  constructor(promise: string, what: string) {
    super(`promise ${promise}: ${what}`);
    this.promise = promise;
  }
}

const USERNAMES = ['ann', 'ben', 'cem', 'dora', 'eli'];

/** Everything of one run: the server, its database, its clients, what is between them, the model. */
export class World {
  readonly random: Random;
  readonly timeline = new Timeline();
  readonly trace = new Trace(() => this.timeline.elapsed);
  readonly model = new Model((promise, what) => this.fail(promise, what), this.timeline.now);
  readonly witness = new Witness(this.model, this.timeline, this.trace, (promise, what) =>
    this.fail(promise, what),
  );
  readonly network: Network;
  readonly store: Store;
  readonly users: SimulatedUser[] = [];
  readonly devices: Device[] = [];
  readonly #sabotage: Sabotage;
  readonly #lanes: number;
  readonly #tokenTtlS: number;
  #machine: Machine | undefined;
  /** Factor on the time that the disk takes. */
  disk = 1;
  broken: BrokenPromise | undefined;

  constructor(seed: number, store: Store, sabotage: Sabotage = {}) {
    this.random = new Random(seed);
    this.store = store;
    this.#sabotage = sabotage;
    this.#lanes = this.random.chance(0.5) ? 1 : 4;
    this.#tokenTtlS = this.random.chance(0.2) ? 20 : 600;
    const random = this.random.fork('network');
    this.network = new Network(this.timeline, random, this.witness, () => this.#machine);
    this.timeline.afterTurn.push(() => this.#machine?.flush());
  }

  fail(promise: string, what: string) {
    this.trace.note(`BROKEN ${promise}: ${what}`);
    this.broken ??= new BrokenPromise(promise, what);
  }

  get machine(): Machine | undefined {
    return this.#machine;
  }

  /** Starts a server on the database as it is. */
  async boot(): Promise<void> {
    this.trace.note('the server starts');
    this.witness.newLife();
    const machine = new Machine({
      timeline: this.timeline,
      random: this.random.fork(`machine at ${this.timeline.elapsed}`),
      store: this.store,
      // Account keys take real time to make, and chance that no seed repeats.
      settings: readSettings({
        ACCESS_TOKEN_TTL_S: String(this.#tokenTtlS),
        ENCRYPTION_MODE: 'strict',
      }),
      lanes: this.#lanes,
      diskFactor: () => this.disk,
      onCommit: (items, outcomes) => {
        this.trace.note(`commit ${items.map((item) => item.write)}`);
        this.model.committed(items, outcomes);
        this.witness.committed(items);
      },
      onMessage: this.witness.follow,
      onLoggedError: (line) => this.fail('0', `the server logs ${line}`),
      sabotage: this.#sabotage,
    });
    this.#machine = machine;
    await machine.start();
    this.trace.note('the server is up');
  }

  /** The server dies; its clients learn of it in their own time, or not for a long while. */
  crash() {
    const machine = this.#machine;
    if (!machine?.life.alive) return;
    this.trace.note('the server crashes');
    machine.crash();
    for (const link of machine.links) {
      link.orphaned(this.random.chance(0.1) ? 20_000 : this.random.between(1, 500));
    }
    this.witness.ledger.check(this.store);
  }

  /** The server stops as on SIGTERM. */
  async stop(): Promise<void> {
    const machine = this.#machine;
    if (!machine?.isUp) return;
    this.trace.note('the server stops');
    await machine.stop();
    this.trace.note('the server has stopped');
  }

  /** Makes the users, and a session for each of their devices as it starts. */
  async populate(): Promise<void> {
    const at = this.timeline.now();
    for (const username of USERNAMES.slice(0, 3 + this.random.below(3))) {
      const email = `${username}@example.org`;
      const user = { username, email, passwordHash: '', fullName: null, at };
      const id = await this.#machine?.committer.submit(createUser, user, 0);
      this.users.push({ id: id ?? 0, username });
    }
    for (const user of this.users) this.#equip(user);
  }

  #equip(user: SimulatedUser) {
    const count = this.random.chance(0.5) ? 2 : 1;
    for (let n = 1; n <= count; n++) {
      const kind = this.random.weighted({ sdk: 5, plain: 3, confirming: 1 });
      const name = `${user.username}${n}/${kind}`;
      const random = this.random.fork(name);
      const around = this.#surroundings();
      if (kind === 'sdk') this.devices.push(new SdkDevice(name, user, around, random));
      else this.devices.push(new PlainDevice(name, user, around, random, kind === 'confirming'));
    }
  }

  #surroundings(): Surroundings {
    const { timeline, network, model, witness, trace } = this;
    return {
      timeline,
      network,
      model,
      witness,
      trace,
      fail: (promise, what) => this.fail(promise, what),
      tokenTtlMs: this.#tokenTtlS * 1000,
      signIn: (user, life) => this.#signIn(user, life),
    };
  }

  async #signIn(user: SimulatedUser, life: Life): Promise<SimulatedSession> {
    for (;;) {
      const machine = this.#machine;
      if (machine?.isUp) {
        const session = { userId: user.id, device: 'a', ip: 'b', at: this.timeline.now() };
        const made = machine.committer
          .submit(createSession, session, user.id)
          .catch(() => undefined);
        const id = await Promise.race([made, machine.ended]);
        if (id !== undefined) {
          const { tokens } = machine.services;
          return { id, access: await tokens.access(user.id, id), refresh: tokens.refresh(id, 1) };
        }
      }
      await this.timeline.sleep(100, life);
    }
  }
}
