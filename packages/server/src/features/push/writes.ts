import { eraseOwn } from '../../storage/erase-own';
import { defineWrite, type WriteContext } from '../../storage/write';

/** How much of a user's log is kept. */
export const LOG_KEPT = 50;

type Kind = 'firebase' | 'web_push';

export interface QueuedPush {
  readonly id: number;
  readonly sessionId: number;
  readonly kind: Kind;
}

/** Stores a notification for each of a user's devices, until it is known what became of it. */
export const acceptPushes = defineWrite<
  { userId: number; devices: { sessionId: number; kind: Kind }[]; payload: string; at: number },
  QueuedPush[]
>('push.accept', async ({ db }, { userId, devices, payload, at }) => {
  const rows = await db
    .insertInto('push_queue')
    .values(
      devices.map(({ sessionId, kind }) => ({
        user_id: userId,
        session_id: sessionId,
        kind,
        payload,
        created_at: at,
      })),
    )
    .returning(['id', 'session_id', 'kind'])
    .execute();
  return rows.map(({ id, session_id, kind }) => ({ id, sessionId: session_id, kind }));
});

/** A line of a user's push log. */
export interface LogEntry {
  readonly userId: number;
  readonly notificationId: number | null;
  readonly device: string | null;
  readonly outcome: string;
  readonly at: number;
}

/** Writes what became of notifications, and takes those that are over from the queue. */
export const recordPushes = defineWrite<{ entries: LogEntry[]; finished: number[] }, null>(
  'push.record',
  async (context, { entries, finished }) => {
    if (finished.length > 0) {
      await context.db.deleteFrom('push_queue').where('id', 'in', finished).execute();
    }
    const users = await existing(context, [...new Set(entries.map(({ userId }) => userId))]);
    const rows = entries.filter(({ userId }) => users.has(userId)).map(logRow);
    if (rows.length > 0) await context.db.insertInto('push_log').values(rows).execute();
    if (rows.length > 0) await trimLog(context, [...users]);
    return null;
  },
);

const logRow = ({ userId, notificationId, device, outcome, at }: LogEntry) => ({
  user_id: userId,
  notification_id: notificationId,
  device,
  outcome,
  at,
});

/** Somebody may have been erased meanwhile. */
async function existing({ db }: WriteContext, userIds: number[]): Promise<Set<number>> {
  if (userIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('id', 'in', userIds)
    .where('erased_at', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

async function trimLog({ db }: WriteContext, userIds: number[]) {
  await db
    .deleteFrom('push_log')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('push_log')
            .select('id')
            .select((inner) =>
              inner.fn
                .agg<number>('row_number')
                .over((over) => over.partitionBy('user_id').orderBy('id', 'desc'))
                .as('place'),
            )
            .where('user_id', 'in', userIds)
            .as('placed'),
        )
        .select('placed.id')
        .where('placed.place', '>', LOG_KEPT),
    )
    .execute();
}

/** Removes exactly this token, if the session has no other by now. */
export const removeToken = defineWrite<{ sessionId: number; token: string }, null>(
  'push.remove_token',
  async ({ db }, { sessionId, token }) => {
    await db
      .updateTable('sessions')
      .set({ device_token: null, device_platform: null, device_token_at: null })
      .where('id', '=', sessionId)
      .where('device_token', '=', token)
      .execute();
    return null;
  },
);

export interface NewSubscription {
  readonly sessionId: number;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly at: number;
}

/** One per session, and one per browser: it moves when another account signs in there. */
export const saveSubscription = defineWrite<NewSubscription, null>(
  'push.subscribe',
  async ({ db }, { sessionId, endpoint, p256dh, auth, at }) => {
    await db
      .deleteFrom('push_subscriptions')
      .where((eb) => eb.or([eb('session_id', '=', sessionId), eb('endpoint', '=', endpoint)]))
      .execute();
    await db
      .insertInto('push_subscriptions')
      .columns(['session_id', 'endpoint', 'p256dh', 'auth', 'created_at'])
      .expression((eb) =>
        eb
          .selectFrom('sessions')
          .select(({ val }) => [
            'id',
            val(endpoint).as('endpoint'),
            val(p256dh).as('p256dh'),
            val(auth).as('auth'),
            val(at).as('created_at'),
          ])
          .where('id', '=', sessionId),
      )
      .execute();
    return null;
  },
);

/** Removes a user's subscription: of a session, of an endpoint, or of both at once. */
export const removeSubscription = defineWrite<
  { userId: number; sessionId?: number | undefined; endpoint?: string | undefined },
  null
>('push.unsubscribe', async ({ db }, { userId, sessionId, endpoint }) => {
  await db
    .deleteFrom('push_subscriptions')
    .where('session_id', 'in', (eb) =>
      eb.selectFrom('sessions').select('id').where('user_id', '=', userId),
    )
    .$if(sessionId !== undefined, (query) => query.where('session_id', '=', sessionId as number))
    .$if(endpoint !== undefined, (query) => query.where('endpoint', '=', endpoint as string))
    .execute();
  return null;
});

const VAPID_KEYS = 'vapid_keys';

/** Keeps the key pair that came first, and gives it. */
export const keepVapidKeys = defineWrite<{ keys: string }, string>(
  'push.vapid_keys',
  async ({ db }, { keys }) => {
    await db
      .insertInto('meta')
      .values({ key: VAPID_KEYS, value: keys })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const row = await db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', VAPID_KEYS)
      .executeTakeFirstOrThrow();
    return row.value;
  },
);

/** What is kept here of somebody whose account is erased. */
export const erasePushes = eraseOwn('push.erase_own', ['push_queue.user_id', 'push_log.user_id']);

export const pushWrites = [
  acceptPushes,
  recordPushes,
  removeToken,
  saveSubscription,
  removeSubscription,
  keepVapidKeys,
  erasePushes,
];
