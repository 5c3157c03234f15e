import type { Kysely, Selectable } from 'kysely';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import type { Device, DeviceKind } from './provider';
import { LOG_KEPT } from './writes';

/** The most devices of a user that are notified: those that signed in last. */
const MAX_DEVICES = 50;

export interface RegisteredDevice {
  readonly device: Device;
  /** What it signed in with. */
  readonly userAgent: string;
  readonly registeredAt: number | null;
}

interface SessionRow {
  session_id: number;
  user_id: number;
  device: string;
  device_token: string | null;
  device_platform: string | null;
  device_token_at: number | null;
  endpoint: string | null;
  p256dh: string | null;
  auth: string | null;
  subscribed_at: number | null;
}

export type QueueRow = Selectable<Schema['push_queue']>;
export type LogRow = Selectable<Schema['push_log']>;

export class PushRepository {
  readonly #db: Kysely<Schema>;
  readonly #ofUser: ReturnType<typeof ofUserQuery>;
  readonly #ofUsers: ReturnType<typeof ofUsersQuery>;
  readonly #ofSession: ReturnType<typeof ofSessionQuery>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#ofUser = ofUserQuery(db);
    this.#ofUsers = ofUsersQuery(db);
    this.#ofSession = ofSessionQuery(db);
  }

  /** Devices of an active user's living sessions, the last signed in first. */
  async devicesOf(userId: number, now: number): Promise<RegisteredDevice[]> {
    const rows = await this.#ofUser({ userId, now });
    return rows.flatMap(devicesOfSession);
  }

  /** Which of these users have a device, in one query. */
  async reachable(userIds: readonly number[], now: number): Promise<Set<number>> {
    if (userIds.length === 0) return new Set();
    const rows = await this.#ofUsers({ userIds, now });
    return new Set(rows.map((row) => row.user_id));
  }

  /** The device as it is registered now; undefined when it is not any more. */
  async device(
    sessionId: number,
    kind: DeviceKind,
    now: number,
  ): Promise<RegisteredDevice | undefined> {
    const rows = await this.#ofSession({ sessionId, now });
    return rows.flatMap(devicesOfSession).find(({ device }) => device.kind === kind);
  }

  /** What the server before this one did not finish, the oldest first. */
  queued(limit: number): Promise<QueueRow[]> {
    return this.#db.selectFrom('push_queue').selectAll().orderBy('id').limit(limit).execute();
  }

  /** The newest first. */
  log(userId: number): Promise<LogRow[]> {
    return this.#db
      .selectFrom('push_log')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id', 'desc')
      .limit(LOG_KEPT)
      .execute();
  }

  async vapidKeys(): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', 'vapid_keys')
      .executeTakeFirst();
    return row?.value;
  }
}

function registered(db: Kysely<Schema>, now: number) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('push_subscriptions', 'push_subscriptions.session_id', 'sessions.id')
    .select([
      'sessions.id as session_id',
      'sessions.user_id',
      'sessions.device',
      'sessions.device_token',
      'sessions.device_platform',
      'sessions.device_token_at',
      'push_subscriptions.endpoint',
      'push_subscriptions.p256dh',
      'push_subscriptions.auth',
      'push_subscriptions.created_at as subscribed_at',
    ])
    .where('users.is_active', '=', 1)
    .where('sessions.expires_at', '>', now)
    .where((eb) =>
      eb.or([
        eb('sessions.device_token', 'is not', null),
        eb('push_subscriptions.endpoint', 'is not', null),
      ]),
    );
}

const ofUserQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { userId: number; now: number }) =>
    registered(read, p.now)
      .where('sessions.user_id', '=', p.userId)
      .orderBy('sessions.created_at', 'desc')
      .limit(MAX_DEVICES),
  );

const ofUsersQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { userIds: readonly number[]; now: number }) =>
    registered(read, p.now).where(among(read, 'sessions.user_id', p.userIds)),
  );

const ofSessionQuery = (db: Kysely<Schema>) =>
  prepared(db, (read, p: { sessionId: number; now: number }) =>
    registered(read, p.now).where('sessions.id', '=', p.sessionId),
  );

function devicesOfSession(row: SessionRow): RegisteredDevice[] {
  const signedIn = { userId: row.user_id, sessionId: row.session_id };
  const devices: RegisteredDevice[] = [];
  if (row.device_token !== null) {
    const { device_token: token, device_platform: platform } = row;
    devices.push({
      device: { kind: 'firebase', ...signedIn, token, platform },
      userAgent: row.device,
      registeredAt: row.device_token_at,
    });
  }
  if (row.endpoint !== null && row.p256dh !== null && row.auth !== null) {
    const { endpoint, p256dh, auth } = row;
    devices.push({
      device: { kind: 'web_push', ...signedIn, endpoint, p256dh, auth },
      userAgent: row.device,
      registeredAt: row.subscribed_at,
    });
  }
  return devices;
}
