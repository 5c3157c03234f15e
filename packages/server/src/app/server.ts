import { join } from 'node:path';
import type { Server } from 'bun';
import { readFirebaseCredentials } from '../config/firebase';
import { resolveSecret } from '../config/secret';
import { type Settings, SettingsError } from '../config/settings';
import { isSocketPath } from '../gateway/handshake';
import { type SocketData, socketHandlers, upgrade } from '../gateway/sockets';
import { createHttp } from '../http/app';
import { ClientAddresses } from '../http/client-address';
import { Origins } from '../http/cors';
import type { Clock } from '../lib/clock';
import type { Logger } from '../observability/log';
import { openDatabase } from '../storage/database';
import { compose, type Services } from './compose';
import type { PushOptions } from './compose-push';
import { type Door, doorPath, knock, openDoor } from './operator-door';
import { writes } from './writes';

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  readonly services: Services;
  /** Stops accepting, tells the clients, finishes the commits at hand. */
  stop(): Promise<void>;
}

export const WRITER_ENTRY = new URL('./writer-thread.ts', import.meta.url);
const READER_ENTRY = new URL('./reader-thread.ts', import.meta.url);

/** Starts a whole server. Several can run in one process, as the tests do. */
export async function startServer(
  settings: Settings,
  log: Logger,
  overrides: { clock?: Clock; push?: PushOptions } = {},
): Promise<RunningServer> {
  await refuseSecond(settings);
  const addresses = new ClientAddresses(settings.TRUSTED_PROXIES);
  const secret = resolveSecret(settings);
  const push = { firebase: readFirebaseCredentials(settings), ...overrides.push };
  const database = await openDatabase(databaseLocation(settings), (note) => log.info(note));
  const services = await compose({ settings, secret, database, log, ...overrides, push });
  await services.push.resume();
  const origins = new Origins(settings.CORS_ORIGINS);
  const { gateway, hub, bus, auth, administration, authenticateSocket, bind, version } = services;
  const metrics = settings.METRICS
    ? (await loadMetrics()).createMetrics({
        hub,
        committer: database.committer,
        bus,
        push: services.push,
      })
    : undefined;
  const http = createHttp({
    version,
    authenticate: (token) => auth.authenticate(token),
    mustBeAdmin: (userId) => administration.admin.mustBeAdmin(userId),
    addresses,
    origins,
    log,
    bind,
    metrics,
    limits: {
      messageBytes: settings.MAX_MESSAGE_BYTES,
      frameBytes: settings.MAX_FRAME_BYTES,
      groupMembers: settings.MAX_GROUP_MEMBERS,
      socketsPerUser: settings.MAX_SOCKETS_PER_USER,
    },
  });
  const upgradeDeps = { gateway, origins, authenticate: authenticateSocket };
  const server: Server<SocketData> = Bun.serve<SocketData>({
    hostname: settings.HOST,
    port: settings.PORT,
    idleTimeout: 60,
    websocket: socketHandlers(gateway, settings.MAX_FRAME_BYTES),
    fetch(request, self) {
      const pathname = pathOf(request.url);
      if (isSocketPath(pathname)) return upgrade(request, pathname, self, upgradeDeps);
      return http(request, self.requestIP(request)?.address ?? '');
    },
  });
  hub.attach((topic, frame) => void server.publish(topic, frame));
  const door = await openDoorOf(settings, services, log);
  const port = server.port ?? settings.PORT;
  return {
    port,
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

/** The path of an absolute URL, without parsing the rest of it. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function stop(
  server: Server<SocketData>,
  door: Door | undefined,
  services: Services,
  database: { close(): Promise<void> },
): Promise<void> {
  services.gateway.drain();
  services.administration.exports.close();
  // Requests that are being answered are waited for; nothing new is accepted.
  await Promise.all([server.stop(), door?.close()]);
  await services.extras.stop();
  await services.notifications.stop();
  await services.receipts.flush();
  await services.presence.storeAll();
  await services.push.close();
  await services.index.stop();
  await services.bus.close();
  await database.close();
}
