import type { Server, WebSocketHandler } from 'bun';
import pino from 'pino';
import { compose, type Services } from '../../app/compose';
import { writes } from '../../app/writes';
import type { Settings } from '../../config/settings';
import type { Claims } from '../../features/auth';
import { type SocketData, socketHandlers, type UpgradeDeps, upgrade } from '../../gateway/sockets';
import { createHttp, type HandleHttp } from '../../http/app';
import { BadBodies } from '../../http/bad-bodies';
import { ClientAddresses } from '../../http/client-address';
import { Origins } from '../../http/cors';
import { type BusMessage, MemoryBus } from '../../realtime/bus';
import { Committer } from '../../storage/committer';
import type { Database } from '../../storage/database';
import type { HeavyReader } from '../../storage/read';
import { SqliteConnection } from '../../storage/sqlite';
import { SqliteWriter } from '../../storage/writer-thread';
import type { Random } from '../random';
import type { Life, Timeline } from '../timeline';
import { Broker } from '../wire/broker';
import type { Link } from '../wire/link';
import { ServerEnd } from '../wire/server-end';
import { type ExecutorOptions, SimulatedExecutor, type Writer } from './executor';
import { noBlobs } from './no-blobs';
import type { Sabotage } from './sabotage';
import { slowReads } from './slow-reads';
import type { Store } from './store';

export const EPOCH = 'simulated';
export const SECRET = 'not a secret, as nobody else is there';

/** No promise of the wire is about searches. */
const noHeavyReads: HeavyReader = {
  run: () => Promise.reject(new Error('The simulation has no thread to read in')),
  close: async () => {},
};

export interface MachineOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly store: Store;
  readonly settings: Settings;
  /** How many batches may be on their way to the database at once. */
  readonly lanes: number;
  /** How slow the disk is, 1 when it is well. */
  readonly diskFactor: () => number;
  readonly onCommit: ExecutorOptions['onCommit'];
  /** Hears the bus before anybody else. */
  readonly onMessage: (message: BusMessage) => void;
  /** Hears of errors that the server logs. */
  readonly onLoggedError: (line: string) => void;
  readonly sabotage: Sabotage;
}

/** One run of the whole server, from its start to its stop or crash. */
export class Machine {
  readonly life: Life = { alive: true };
  readonly links = new Set<Link>();
  readonly #end = Promise.withResolvers<undefined>();
  readonly #options: MachineOptions;
  readonly #random: Random;
  readonly #broker = new Broker();
  readonly #writer: Writer;
  readonly #database: Database;
  readonly #requests = new Set<Promise<unknown>>();
  #services: Services | undefined;
  #http: HandleHttp | undefined;
  #handlers: WebSocketHandler<SocketData> | undefined;
  #accepts = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#random = options.random;
    const writer = new SqliteWriter(options.store.path, writes);
    this.#writer = options.sabotage.writer?.(writer, options.store.path) ?? writer;
    this.#database = this.#openDatabase();
  }

  /** Resolves when it crashed or stopped. */
  get ended(): Promise<undefined> {
    return this.#end.promise;
  }

  /** Whether it serves. */
  get isUp(): boolean {
    return this.life.alive && this.#accepts;
  }

  get services(): Services {
    if (!this.#services) throw new Error('The server has not started');
    return this.#services;
  }

  #openDatabase(): Database {
    const { store, lanes, onCommit } = this.#options;
    const pause = () => this.#diskPause();
    const executor = new SimulatedExecutor({ writer: this.#writer, lanes, pause, onCommit });
    const connection = new SqliteConnection(store.path, { readonly: true });
    const read = slowReads(connection, () => this.#readPause());
    const committer = new Committer(executor);
    const close = async () => {
      await committer.close();
      await read.destroy();
    };
    const [ping, scrub] = [async () => {}, async () => true];
    const shared = { read, committer, background: committer, heavy: noHeavyReads };
    return { dialect: 'sqlite', ...shared, epoch: EPOCH, ping, scrub, close };
  }

  get committer(): Committer {
    return this.#database.committer;
  }

  #diskPause(): Promise<void> {
    const { timeline, diskFactor } = this.#options;
    return timeline.sleep(this.#random.between(0.05, 3) * diskFactor(), this.life);
  }

  async #readPause(): Promise<void> {
    if (this.#random.chance(0.75)) return;
    const longest = this.#random.chance(0.1) ? 40 : 2;
    await this.#options.timeline.sleep(this.#random.between(0, longest), this.life);
  }

  async start(): Promise<void> {
    const { settings, timeline, onMessage, onLoggedError, sabotage } = this.#options;
    const log = pino({ level: 'error' }, { write: onLoggedError });
    const bus = new SpiedBus((error) => log.error({ err: error }, 'A follower failed'), sabotage);
    bus.subscribe(onMessage);
    const clock = timeline.clock(this.life);
    const database = this.#database;
    const basics = { settings, secret: SECRET, database, store: noBlobs, log, clock, bus };
    // Chats here have few members: in half of the runs even those are topics.
    const smallChat = this.#random.chance(0.5) ? 2 : 32;
    const services = await compose({ ...basics, smallChat, indexing: false });
    services.hub.attach(this.#broker.publish);
    this.#services = services;
    this.#handlers = socketHandlers(services.gateway);
    this.#http = createHttp({
      version: services.version,
      router: {
        clock,
        authenticate: (token) => services.auth.authenticate(token),
        mustBeAdmin: (userId) => services.administration.admin.mustBeAdmin(userId),
        mustLive: (caller) => services.auth.mustLive(caller),
        badBodies: new BadBodies(clock.now, settings.RATE_LIMITS),
      },
      addresses: new ClientAddresses([]),
      origins: new Origins([]),
      log,
      bind: services.bind,
      metrics: undefined,
      webFiles: undefined,
      limits: {},
    });
    this.#accepts = true;
  }

  /** Answers a request; never when the machine goes down before. */
  async request(request: Request, address: string): Promise<Response> {
    if (!this.#http) throw new Error('The server has not started');
    const answer = this.#http(request, address);
    this.#requests.add(answer);
    const response = await answer.finally(() => this.#requests.delete(answer));
    return response;
  }

  /** @returns whether the link was taken */
  async upgrade(request: Request, link: Link): Promise<boolean> {
    const handlers = this.#handlers;
    if (!handlers) return false;
    this.links.add(link);
    const { sabotage } = this.#options;
    const end = new ServerEnd(link.owner.userId, this.#broker, handlers, link.hooks(), sabotage);
    const accept = (_: Request, { data }: { data: SocketData }) => {
      if (!this.#accepts) return false;
      end.data = data;
      link.sessionId = (data as { claims: Claims }).claims.sessionId;
      link.accepted(end);
      end.opened();
      return true;
    };
    const runtime = { upgrade: accept } as unknown as Server<SocketData>;
    const { gateway, authenticateSocket: authenticate } = this.services;
    const deps: UpgradeDeps = { gateway, origins: new Origins([]), authenticate };
    return (await upgrade(request, new URL(request.url).pathname, runtime, deps)) === undefined;
  }

  /** The loop's turn is over: what was published is written. */
  flush() {
    for (const link of this.links) {
      if (link.server?.isOver) this.links.delete(link);
      else link.server?.turn();
    }
  }

  /** Everything in memory is gone; what was committed stays. */
  crash() {
    this.#accepts = false;
    this.#finish();
    for (const link of this.links) link.server?.died();
    this.#writer.close();
    void this.#database.read.destroy();
  }

  /** As on SIGTERM. */
  async stop(): Promise<void> {
    const { gateway, notifications, receipts, presence, bus, extras } = this.services;
    this.#accepts = false;
    gateway.drain();
    await Promise.allSettled(this.#requests);
    await extras.stop();
    await notifications.stop();
    await receipts.flush();
    await presence.storeAll();
    await bus.close();
    await this.#database.close();
    this.#finish();
  }

  #finish() {
    this.life.alive = false;
    this.#end.resolve(undefined);
  }
}

class SpiedBus extends MemoryBus {
  readonly #sabotage: Sabotage;

  constructor(onError: (error: unknown) => void, sabotage: Sabotage) {
    super(onError);
    this.#sabotage = sabotage;
  }

  override publish(message: BusMessage): void {
    if (!this.#sabotage.swallows?.(message)) super.publish(message);
  }
}
