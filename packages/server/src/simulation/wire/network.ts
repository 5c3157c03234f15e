import { SUBPROTOCOL } from '@confab/protocol';
import type { Machine } from '../machine/machine';
import type { Random } from '../random';
import type { Life, Timeline } from '../timeline';
import type { ClientEnd } from './client-end';
import { Link, type LinkOwner, type LinkWatch } from './link';

/** How bad the network is. Changed while the simulation runs. */
export interface Conditions {
  /** Factor on all delays. */
  latency: number;
  /** Share of requests that are lost, on their way or on their way back. */
  loss: number;
  /** Names of clients that reach nobody. */
  readonly unreachable: Set<string>;
}

export interface NetworkWatch extends LinkWatch {
  requested(owner: LinkOwner, request: Request): void;
  /** Undefined when the server went down meanwhile. */
  answered(owner: LinkOwner, request: Request, response: Response | undefined): void;
}

/** Between the clients and the server that runs at the moment, if one does. */
export class Network {
  readonly conditions: Conditions = { latency: 1, loss: 0, unreachable: new Set() };
  readonly links = new Set<Link>();
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #watch: NetworkWatch;
  readonly #machine: () => Machine | undefined;
  #opened = 0;

  constructor(
    timeline: Timeline,
    random: Random,
    watch: NetworkWatch,
    machine: () => Machine | undefined,
  ) {
    this.#timeline = timeline;
    this.#random = random;
    this.#watch = watch;
    this.#machine = machine;
  }

  readonly #delay = (): number => {
    const longest = this.#random.chance(0.05) ? 200 : 15;
    return this.#random.between(0.2, longest) * this.conditions.latency;
  };

  #reached(owner: LinkOwner): Machine | undefined {
    const machine = this.#machine();
    return machine?.isUp && !this.conditions.unreachable.has(owner.name) ? machine : undefined;
  }

  open(owner: LinkOwner, url: string, protocols: readonly string[]): ClientEnd {
    const confirms = protocols.includes(SUBPROTOCOL);
    const id = ++this.#opened;
    const link = new Link(id, owner, confirms, this.#timeline, this.#delay, this.#watch);
    this.links.add(link);
    const headers: Record<string, string> = {};
    if (protocols.length > 0) headers['sec-websocket-protocol'] = protocols.join(', ');
    const request = new Request(url.replace(/^ws/, 'http'), { headers });
    this.#timeline.plan(this.#delay(), () => void this.#handshake(link, request));
    return link.client;
  }

  async #handshake(link: Link, request: Request): Promise<void> {
    const machine = this.#reached(link.owner);
    // A machine that goes down leaves the handshakes under way unanswered.
    const accepted = await Promise.race([machine?.upgrade(request, link), machine?.ended]);
    if (!accepted) link.refused(this.#delay());
  }

  /** As `fetch`; a request may be lost before or after it was answered. */
  async fetch(owner: LinkOwner, life: Life, request: Request): Promise<Response> {
    await this.#timeline.sleep(this.#delay(), life);
    const machine = this.#reached(owner);
    if (!machine || this.#random.chance(this.conditions.loss)) return this.#lost(life);
    this.#watch.requested(owner, request);
    const answer = machine.request(request, '192.0.2.1');
    const response = await Promise.race([answer, machine.ended]);
    this.#watch.answered(owner, request, response);
    if (!response || this.#random.chance(this.conditions.loss)) return this.#lost(life);
    await this.#timeline.sleep(this.#delay(), life);
    return response;
  }

  async #lost(life: Life): Promise<never> {
    await this.#timeline.sleep(this.#delay(), life);
    throw new TypeError('fetch failed');
  }

  /** Forgets what is over. */
  sweep() {
    for (const link of this.links) {
      if (!link.client.isOpen && link.server?.isOver) this.links.delete(link);
    }
  }
}
