import { type TestDatabase, testDatabase } from '../../packages/server/src/testing/databases';
import { freePort } from '../../packages/server/src/testing/free-port';
import { ServerProcess } from '../../packages/server/src/testing/process';

export { freePort };

const ENV = { HOST: '127.0.0.1', RATE_LIMITS: 'off', LOG_LEVEL: 'info', SHUTDOWN_GRACE_S: '20' };

/** A server in a process of its own, that can be killed and comes back at the same address. */
export class MortalServer {
  readonly url: string;
  readonly database: TestDatabase;
  readonly #port: number;
  #process: ServerProcess | undefined;

  private constructor(database: TestDatabase, port: number) {
    this.database = database;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(dialect: 'sqlite' | 'postgres'): Promise<MortalServer> {
    const server = new MortalServer(await testDatabase(dialect), await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const env = { ...ENV, ...this.database.env, PORT: String(this.#port) };
    this.#process = new ServerProcess(env);
    await this.#process.url();
  }

  /** At once, as by `kill -9`. Resolves when nothing of it runs any more. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process?.exited();
  }

  /** As operators and orchestrators do. @returns the exit code */
  async terminate(): Promise<number | undefined> {
    this.#process?.kill('SIGTERM');
    return this.#process?.exited();
  }

  get output(): string {
    return this.#process?.output ?? '';
  }

  async drop(): Promise<void> {
    if (this.#process?.exitCode === undefined) await this.kill();
    await this.database.drop();
  }
}
