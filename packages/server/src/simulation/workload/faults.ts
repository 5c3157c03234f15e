import type { Random } from '../random';
import type { Link } from '../wire/link';
import type { World } from '../world';

/** What goes wrong. */
const WEIGHTS = {
  cut: 8,
  halfOpen: 2,
  stall: 6,
  relaunch: 4,
  crash: 3,
  stop: 1.5,
  slowDisk: 3,
  badNetwork: 3,
  outage: 2,
  revoke: 2,
} as const;

/** A byte that counts for so many makes a slow reader of a few frames. */
const HEAVY = 4096;

/** Draws what goes wrong next, and puts it right again at the end. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #stalled = new Set<Link>();
  #restarting = false;
  #healing = false;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('faults');
  }

  next() {
    switch (this.#random.weighted(WEIGHTS)) {
      case 'cut':
        return this.#cut();
      case 'halfOpen':
        return this.#halfOpen();
      case 'stall':
        return this.#stall();
      case 'relaunch':
        return this.#random.pick(this.#world.devices)?.relaunch();
      case 'crash':
        return this.#crash();
      case 'stop':
        return void this.#stop();
      case 'slowDisk':
        return this.#slowDisk();
      case 'badNetwork':
        return this.#badNetwork();
      case 'outage':
        return this.#outage();
      case 'revoke':
        return this.#revoke();
    }
  }

  #link(): Link | undefined {
    return this.#random.pick([...this.#world.network.links].filter((link) => link.isHealthy));
  }

  #later(lowMs: number, highMs: number, run: () => void) {
    this.#world.timeline.plan(this.#random.between(lowMs, highMs), run);
  }

  #cut() {
    const link = this.#link();
    if (!link) return;
    this.#world.trace.note(`${link.name} is cut`);
    link.cut(this.#random.between(0, 400), this.#random.between(0, 400));
  }

  /** One side learns of the loss long after the other: the client comes back beside its old self. */
  #halfOpen() {
    const link = this.#link();
    if (!link) return;
    const clientFirst = this.#random.chance(0.7);
    this.#world.trace.note(`${link.name} is half open`);
    const [soon, late] = [this.#random.between(0, 300), this.#random.between(5_000, 30_000)];
    if (clientFirst) link.cut(late, soon);
    else link.cut(soon, late);
  }

  #stall() {
    const link = this.#link();
    if (!link?.server) return;
    const weight = this.#random.chance(0.6) ? HEAVY : 1;
    this.#world.trace.note(`${link.name} stops reading, weight ${weight}`);
    link.server.stall(weight);
    this.#stalled.add(link);
    this.#later(200, 12_000, () => this.#resume(link));
  }

  #resume(link: Link) {
    if (!this.#stalled.delete(link)) return;
    this.#world.trace.note(`${link.name} reads again`);
    link.server?.resume();
  }

  #crash() {
    if (this.#restarting || !this.#world.machine?.isUp) return;
    this.#world.crash();
    this.#bootLater();
  }

  async #stop() {
    if (this.#restarting || !this.#world.machine?.isUp) return;
    this.#restarting = true;
    await this.#world.stop();
    this.#bootLater();
  }

  #bootLater() {
    this.#restarting = true;
    this.#later(20, 3000, () => void this.#boot());
  }

  async #boot() {
    await this.#world.boot();
    this.#restarting = false;
    // What is not dead when it starts may die while it does.
    if (!this.#healing && this.#random.chance(0.1)) this.#later(1, 50, () => this.#crash());
  }

  #slowDisk() {
    this.#world.disk = this.#random.between(10, 300);
    this.#later(200, 4000, () => {
      this.#world.disk = 1;
    });
  }

  #badNetwork() {
    const { conditions } = this.#world.network;
    conditions.latency = this.#random.between(2, 20);
    conditions.loss = this.#random.between(0, 0.3);
    this.#later(500, 5000, () => {
      conditions.latency = 1;
      conditions.loss = 0;
    });
  }

  #outage() {
    const device = this.#random.pick(this.#world.devices);
    if (!device) return;
    const { unreachable } = this.#world.network.conditions;
    unreachable.add(device.name);
    this.#world.trace.note(`${device.name} has no network`);
    for (const link of this.#world.network.links) {
      if (link.owner === device) link.cut(this.#random.between(0, 5000), 10);
    }
    this.#later(1000, 8000, () => unreachable.delete(device.name));
  }

  /** A device signs out another one of its user's, or itself. */
  #revoke() {
    const device = this.#random.pick(this.#world.devices);
    const peers = this.#world.devices.filter((other) => other.userId === device?.userId);
    const victim = this.#random.pick(peers);
    if (!device || !victim || victim.sessionId === 0) return;
    this.#world.trace.note(`${device.name} signs ${victim.name} out`);
    const path = `/api/auth/sessions/${victim.sessionId}`;
    void device.call('DELETE', path).catch(() => {});
  }

  /** Nothing goes wrong any more. */
  async heal(): Promise<void> {
    this.#healing = true;
    const { conditions } = this.#world.network;
    conditions.latency = 0.2;
    conditions.loss = 0;
    conditions.unreachable.clear();
    this.#world.disk = 1;
    for (const link of [...this.#stalled]) this.#resume(link);
    await this.#world.timeline.pass(30_000, () => this.#isUp);
  }

  get #isUp(): boolean {
    return !this.#restarting && this.#world.machine?.isUp === true;
  }
}
