import { join } from 'node:path';
import type { Server } from 'bun';
import { readFirebaseCredentials } from '../config/firebase';
import { resolveSecret } from '../config/secret';
import { type Settings, SettingsError } from '../config/settings';
import { databaseFault, explained, listenFault, storageFault } from '../config/start-faults';
import { Incoming } from '../features/media';
import { isSocketPath } from '../gateway/handshake';
import { type SocketData, socketHandlers, upgrade } from '../gateway/sockets';
import { createHttp } from '../http/app';
import { BadBodies } from '../http/bad-bodies';
import { ClientAddresses } from '../http/client-address';
import { Origins } from '../http/cors';
import type { WebFiles } from '../http/web-app/web-files';
import { systemClock } from '../lib/clock';
import type { Logger } from '../observability/log';
import { openBlobs } from '../storage/blobs/open-blobs';
import { openDatabase } from '../storage/database';
import { type ComposeOptions, compose, type Services } from './compose';
import { type Door, doorPath, knock, openDoor } from './operator-door';
import { writes } from './writes';

export interface RunningServer {
  readonly port: number;
  /** What it is bound to: 0.0.0.0:8000. */
  readonly address: string;
  /** Where it is reached from its own machine. */
  readonly url: string;
  readonly services: Services;
  /** Stops accepting, tells the clients, finishes the commits at hand. */
  stop(): Promise<void>;
}

export const WRITER_ENTRY = new URL('./writer-thread.ts', import.meta.url);
const READER_ENTRY = new URL('./reader-thread.ts', import.meta.url);

/** For so long a connection may be silent on which nothing is asked, or an answer is not taken. */
const IDLE_S = 60;

export interface ServerOverrides
  extends Pick<ComposeOptions, 'clock' | 'push' | 'media' | 'maxBlocks'> {
  idleS?: number;
  /** The web app, once it is built. Without it the server has none. */
  webFiles?: Promise<WebFiles>;
}

/** Starts a whole server. Several can run in one process, as the tests do. */
export async function startServer(
  settings: Settings,
  log: Logger,
  { idleS = IDLE_S, webFiles, ...overrides }: ServerOverrides = {},
): Promise<RunningServer> {
  await refuseSecond(settings);
  const addresses = new ClientAddresses(settings.TRUSTED_PROXIES);
  const secret = await explained(storageFault(settings), () => resolveSecret(settings));
  const push = { firebase: readFirebaseCredentials(settings), ...overrides.push };
  const database = await explained(databaseFault(settings), () =>
    openDatabase(databaseLocation(settings), (note) => log.info(note)),
  );
  const clock = overrides.clock ?? systemClock;
  const onError = (error: unknown) => log.error({ err: error }, 'A stored file is in the way');
  const store = await explained(storageFault(settings), async () => {
    await new Incoming(settings.STORAGE_DIR).prepare();
    return openBlobs(settings, { clock, onError });
  });
  const services = await compose({ settings, secret, database, store, log, ...overrides, push });
  await services.push.resume();
  services.files.tus.start();
  const origins = new Origins(settings.CORS_ORIGINS);
  const { gateway, hub, bus, auth, administration, authenticateSocket, bind, version } = services;
  const metrics = settings.METRICS
    ? (await loadMetrics()).createMetrics({
        hub,
        committer: database.committer,
        bus,
        push: services.push,
        files: services.files,
        keys: services.keys.counts,
      })
    : undefined;
  const http = createHttp({
    version,
    router: {
      clock,
      authenticate: async (token) => {
        const claims = await auth.authenticate(token);
        services.presence.active(claims.userId);
        return claims;
      },
      mustBeAdmin: (userId) => administration.admin.mustBeAdmin(userId),
      mustLive: (caller) => auth.mustLive(caller),
      badBodies: new BadBodies(clock.now, settings.RATE_LIMITS),
    },
    addresses,
    origins,
    log,
    bind,
    metrics,
    webFiles,
    limits: {
      messageBytes: settings.MAX_MESSAGE_BYTES,
      frameBytes: settings.MAX_FRAME_BYTES,
      groupMembers: settings.MAX_GROUP_MEMBERS,
      socketsPerUser: settings.MAX_SOCKETS_PER_USER,
      fileBytes: settings.MAX_UPLOAD_MB * 2 ** 20,
    },
  });
  const upgradeDeps = { gateway, origins, authenticate: authenticateSocket };
  const server = await explained(listenFault(settings), () =>
    Bun.serve<SocketData>({
      hostname: settings.HOST,
      port: settings.PORT,
      idleTimeout: idleS,
      // Whoever takes a body limits it: uploads are cut at their own limit, all else much earlier.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      websocket: socketHandlers(gateway, settings.MAX_FRAME_BYTES),
      fetch(request, self) {
        const pathname = pathOf(request.url);
        if (isSocketPath(pathname)) return upgrade(request, pathname, self, upgradeDeps);
        const answer = http(request, self.requestIP(request)?.address ?? '');
        return isBodiless(request) ? answer : patiently(self, request, answer, idleS);
      },
    }),
  );
  hub.attach((topic, frame) => void server.publish(topic, frame));
  const door = await openDoorOf(settings, services, log);
  const port = server.port ?? settings.PORT;
  return {
    port,
    address: `${bracketed(settings.HOST)}:${port}`,
    url: `http://${hostForUrl(settings.HOST)}:${port}`,
    services,
    stop: () => stop(server, door, services, database),
  };
}

/** Two servers on one SQLite file would not hear of each other's messages. */
async function refuseSecond({ DATABASE_URL, STORAGE_DIR }: Settings): Promise<void> {
  if (DATABASE_URL !== undefined) return;
  const isThere = await knock(doorPath(STORAGE_DIR)).catch(() => false);
  if (!isThere) return;
  throw new SettingsError(
    `Another Confab server runs on ${STORAGE_DIR}. Stop it, or give this one a STORAGE_DIR of its own.`,
  );
}

/** A server without it serves its users all the same. */
async function openDoorOf(
  settings: Settings,
  { administration }: Services,
  log: Logger,
): Promise<Door | undefined> {
  const onError = (error: unknown) =>
    log.error({ err: error }, 'A task of the command line failed');
  try {
    return await openDoor(doorPath(settings.STORAGE_DIR), administration.desk, onError);
  } catch (error) {
    log.warn(
      { err: error },
      '`npm run admin` cannot reach this server; stop it before you use that',
    );
    return undefined;
  }
}

/** Megabytes that most servers never need. */
const loadMetrics = () => import('../observability/metrics');

export function databaseLocation(settings: Settings) {
  return settings.DATABASE_URL !== undefined
    ? ({ dialect: 'postgres', url: settings.DATABASE_URL, writes } as const)
    : ({
        dialect: 'sqlite',
        path: join(settings.STORAGE_DIR, 'db', 'chat.sqlite'),
        writerEntry: WRITER_ENTRY,
        readerEntry: READER_ENTRY,
      } as const);
}

const isBodiless = ({ method }: Request) => method === 'GET' || method === 'HEAD';

/**
 * Whoever takes a body decides how long they wait for it, and tells when it was too long. The timeout
 * of the connection would end it without a word, as it counts what comes slowly as silence.
 */
async function patiently(
  server: Server<SocketData>,
  request: Request,
  answer: Promise<Response>,
  idleS: number,
): Promise<Response> {
  server.timeout(request, 0);
  try {
    return await answer;
  } finally {
    server.timeout(request, idleS);
  }
}

/** The path of an absolute URL, without parsing the rest of it. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return bracketed(host);
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

async function stop(
  server: Server<SocketData>,
  door: Door | undefined,
  services: Services,
  database: { close(): Promise<void> },
): Promise<void> {
  services.gateway.drain();
  services.administration.exports.close();
  services.files.drain();
  // Requests that are being answered are waited for; nothing new is accepted.
  await Promise.all([server.stop(), door?.close()]);
  await services.files.stop();
  services.keys.stop();
  await services.extras.stop();
  await services.notifications.stop();
  await services.receipts.flush();
  // Marks that were just stored are not told: nobody is connected, and the database will be gone.
  await services.statuses.stop();
  await services.presence.storeAll();
  await services.push.close();
  await services.index.stop();
  await services.bus.close();
  await database.close();
}
