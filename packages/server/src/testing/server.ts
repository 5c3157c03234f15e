import './cheap-passwords';
import type { MediaOptions } from '../app/compose-media';
import type { PushOptions } from '../app/compose-push';
import { type RunningServer, startServer } from '../app/server';
import { readSettings } from '../config/settings';
import { generateKeyPair } from '../features/keys';
import type { WebFiles } from '../http/web-app/web-files';
import { type Clock, systemClock } from '../lib/clock';
import { createLog, type Logger } from '../observability/log';
import type { Dialect } from '../storage/schema';
import { recruit } from './crowd';
import { type TestDatabase, testDatabase } from './databases';
import { TestUser } from './user';

/** Account keys of tests are short: a full one takes a second of a busy machine. */
const QUICK_BITS = 2048;

type Overrides = Parameters<typeof startServer>[2];

/** Strict, as a key for each of hundreds of users takes half a second. */
const TEST_ENV = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', ENCRYPTION_MODE: 'strict' };

/** A whole server on a free port with an empty database of its own. */
export class TestServer {
  readonly #database: TestDatabase;
  readonly #env: Record<string, string>;
  readonly #overrides: Overrides;
  readonly #log: Logger;
  #running: RunningServer;
  #users = 0;
  /** Users who were there before the start, as many as asked for. */
  crowd: TestUser[] = [];

  private constructor(
    database: TestDatabase,
    env: Record<string, string>,
    overrides: Overrides,
    log: Logger,
    running: RunningServer,
  ) {
    this.#log = log;
    this.#database = database;
    this.#env = env;
    this.#overrides = overrides;
    this.#log = log;
    this.#running = running;
  }

  static async start(
    options: {
      dialect?: Dialect;
      env?: Record<string, string>;
      clock?: Clock;
      push?: PushOptions;
      media?: MediaOptions;
      maxBlocks?: number;
      /** Seconds after which a silent connection is closed. */
      idleS?: number;
      crowd?: number;
      log?: Logger;
      webFiles?: Promise<WebFiles>;
    } = {},
  ): Promise<TestServer> {
    const database = await testDatabase(options.dialect ?? 'sqlite');
    const env = { ...TEST_ENV, ...database.env, ...options.env };
    const { clock = systemClock, push, media, maxBlocks, idleS, crowd = 0 } = options;
    const log = options.log ?? createLog('silent');
    const overrides = {
      generateKeyPair: () => generateKeyPair(QUICK_BITS),
      ...(options.clock && { clock }),
      ...(push && { push }),
      ...(maxBlocks !== undefined && { maxBlocks }),
      ...(media && { media }),
      ...(options.webFiles && { webFiles: options.webFiles }),
      ...(idleS !== undefined && { idleS }),
    };
    const recruits = crowd > 0 ? await recruit(readSettings(env), clock, crowd) : [];
    const running = await run(env, log, overrides);
    const server = new TestServer(database, env, overrides, log, running);
    server.crowd = recruits.map((each) => TestUser.known(() => server.url, each));
    return server;
  }

  get url(): string {
    return this.#running.url;
  }

  /** Its STORAGE_DIR. */
  get directory(): string {
    return this.#env.STORAGE_DIR ?? '';
  }

  /** The settings that it runs with: for programs that work on the same storage. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  get services() {
    return this.#running.services;
  }

  /** Registers a user and makes them an administrator. */
  async admin(name = 'admin_'): Promise<TestUser> {
    const user = await this.user(name);
    await this.services.administration.desk.run('promote', { username: user.username });
    return user;
  }

  /** Registers a user with a name of its own; `name` is its beginning. */
  async user(name = 'user'): Promise<TestUser> {
    this.#users++;
    return TestUser.register(() => this.url, `${name}${this.#users}`);
  }

  /** Changes the database behind the server's back. */
  change(sql: string): Promise<void> {
    return this.#database.change(sql);
  }

  /** Stops and starts again on the same database, as after an update. The port may change. */
  async restart(meanwhile: () => void | Promise<void> = () => {}): Promise<void> {
    await this.#running.stop();
    await meanwhile();
    this.#running = await run(this.#env, this.#log, this.#overrides);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    await this.#database.drop();
  }
}

function run(
  env: Record<string, string>,
  log: Logger,
  overrides: Overrides,
): Promise<RunningServer> {
  return startServer(readSettings(env), log, overrides);
}
