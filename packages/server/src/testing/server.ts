import './cheap-passwords';
import type { PushOptions } from '../app/compose-push';
import { type RunningServer, startServer } from '../app/server';
import { readSettings } from '../config/settings';
import { type Clock, systemClock } from '../lib/clock';
import { createLog } from '../observability/log';
import type { Dialect } from '../storage/schema';
import { recruit } from './crowd';
import { type TestDatabase, testDatabase } from './databases';
import { TestUser } from './user';

type Overrides = Parameters<typeof startServer>[2];

const TEST_ENV = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' };

/** A whole server on a free port with an empty database of its own. */
export class TestServer {
  readonly #database: TestDatabase;
  readonly #env: Record<string, string>;
  readonly #overrides: Overrides;
  #running: RunningServer;
  #users = 0;
  /** Users who were there before the start, as many as asked for. */
  crowd: TestUser[] = [];

  private constructor(
    database: TestDatabase,
    env: Record<string, string>,
    overrides: Overrides,
    running: RunningServer,
  ) {
    this.#database = database;
    this.#env = env;
    this.#overrides = overrides;
    this.#running = running;
  }

  static async start(
    options: {
      dialect?: Dialect;
      env?: Record<string, string>;
      clock?: Clock;
      push?: PushOptions;
      crowd?: number;
    } = {},
  ): Promise<TestServer> {
    const database = await testDatabase(options.dialect ?? 'sqlite');
    const env = { ...TEST_ENV, ...database.env, ...options.env };
    const { clock = systemClock, push, crowd = 0 } = options;
    const overrides = { ...(options.clock && { clock }), ...(push && { push }) };
    const recruits = crowd > 0 ? await recruit(readSettings(env), clock, crowd) : [];
    const server = new TestServer(database, env, overrides, await run(env, overrides));
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
  async restart(meanwhile: () => void = () => {}): Promise<void> {
    await this.#running.stop();
    meanwhile();
    this.#running = await run(this.#env, this.#overrides);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    await this.#database.drop();
  }
}

function run(env: Record<string, string>, overrides: Overrides): Promise<RunningServer> {
  return startServer(readSettings(env), createLog('silent'), overrides);
}
