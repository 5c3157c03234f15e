import { cpSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Bench } from './bench';
import { cpuSeconds } from './machine';
import { type Child, lines, start, stop } from './processes';

export type Peer = 'c' | 'socketio' | 'confab';

/** Any server that answers HTTP. */
export interface WebServer {
  peer: string;
  pid: number;
  url: string;
  /** `performance.now()` at the moment it was spawned. */
  spawnedAt: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Server extends WebServer {
  peer: Peer;
  port: number;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        resolve(address !== null && typeof address === 'object' ? address.port : 0),
      );
    });
  });
}

function described(peer: Peer, child: Child, port: number, spawnedAt: number): Server {
  return {
    peer,
    port,
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    spawnedAt,
    stop: (signal) => stop(child, signal),
  };
}

async function startPeer(bench: Bench, peer: 'c' | 'socketio'): Promise<Server> {
  const port = await freePort();
  const program =
    peer === 'c'
      ? [bench.native.broadcaster]
      : ['node', `${bench.folder}/peers/socketio-server/server.mjs`];
  const spawnedAt = performance.now();
  const child = start({
    command: [...program, String(port)],
    core: bench.options.serverCore,
    log: `${bench.work}/${peer}.log`,
    pipe: true,
  });
  for await (const line of lines(child)) {
    if (line === 'listening') return described(peer, child, port, spawnedAt);
  }
  throw new Error(`${peer} did not start; see ${bench.work}/${peer}.log`);
}

export interface ConfabSetup {
  storage: string;
  databaseUrl?: string;
  port?: number;
  /** Settings that a scenario needs beside those of all. */
  env?: Record<string, string>;
}

/** Spawns the server without waiting for it to answer. */
export async function spawnConfab(bench: Bench, setup: ConfabSetup): Promise<Server> {
  const port = setup.port ?? (await freePort());
  const spawnedAt = performance.now();
  const child = start({
    command: bench.options.serverCommand,
    core: bench.options.serverCore,
    log: `${bench.work}/confab.log`,
    env: {
      ...serverEnvironment(setup),
      ...setup.env,
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  return described('confab', child, port, spawnedAt);
}

export function serverEnvironment({ storage, databaseUrl }: ConfabSetup): Record<string, string> {
  return {
    STORAGE_DIR: storage,
    DATABASE_URL: databaseUrl ?? '',
    REDIS_URL: '',
    RATE_LIMITS: 'off',
    ACCESS_TOKEN_TTL_S: '86400',
  };
}

/** Asks `path` until it is answered with 200; returns the time since the server was spawned, in ms. */
export async function firstAnswer(
  server: WebServer,
  path: string,
  token?: string,
): Promise<number> {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  for (;;) {
    const waited = performance.now() - server.spawnedAt;
    if (waited > 60_000) throw new Error(`no answer from ${server.peer} within 60 s`);
    const answer = await fetch(server.url + path, { headers }).catch(() => undefined);
    if (answer?.status === 200) {
      await answer.arrayBuffer();
      return performance.now() - server.spawnedAt;
    }
    await Bun.sleep(5);
  }
}

/**
 * Once it has done what a start leaves to do, such as making account keys for those who register next:
 * it used less than a twentieth of a core for a second.
 */
export async function settled({ peer, pid }: WebServer): Promise<void> {
  for (let tries = 0, before = cpuSeconds(pid); tries < 60; tries++) {
    await Bun.sleep(1000);
    const now = cpuSeconds(pid);
    if (now - before < 0.05) return;
    before = now;
  }
  throw new Error(`${peer} does not come to rest`);
}

/** Starts a peer ready for load: ours on a copy of the seeded database, so that every run begins alike. */
export async function startServer(bench: Bench, peer: Peer): Promise<Server> {
  if (peer !== 'confab') return startPeer(bench, peer);
  const seeded = await bench.seeded();
  const storage = `${bench.work}/storage`;
  rmSync(storage, { recursive: true, force: true });
  cpSync(seeded.storage, storage, { recursive: true });
  const server = await spawnConfab(bench, { storage });
  await firstAnswer(server, '/ready');
  return server;
}

export async function withServer<T>(
  bench: Bench,
  peer: Peer,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await startServer(bench, peer);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}
