import { ConfabError } from '@confab/protocol/failure';
import { mustBeActive } from '../../storage/active-account';
import { defineWrite, type WriteContext } from '../../storage/write';
import { type Rewrapped, rewrapKey } from '../keys/writes';

/** A session ends when it is not refreshed for this long. */
export const SESSION_TTL_MS = 90 * 86_400_000;
/** How long the token just replaced still gives its successor, for answers lost on the way. */
const REFRESH_OVERLAP_MS = 10_000;
/**
 * How long a session that nobody ended is remembered after its time, so that its device is told that it
 * is over, and not that somebody ended it: then it would forget its keys.
 */
const REMEMBERED_MS = SESSION_TTL_MS;
/** The generation of a session whose old token was used again. */
export const SPENT = 0;

/**
 * Sessions have random ids, so that after a restore none gets the id, and with it the tokens, of one
 * that was made after the backup.
 */
function randomId(): number {
  const [bits = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return Number(bits >> 12n) + 1;
}

export interface NewSession {
  userId: number;
  device: string;
  ip: string;
  at: number;
}

export const createSession = defineWrite<NewSession, number>(
  'sessions.create',
  async (context, { userId, device, ip, at }) => {
    const { db } = context;
    await mustBeActive(context, userId);
    const row = await db
      .insertInto('sessions')
      .values({
        id: randomId(),
        user_id: userId,
        device,
        ip,
        generation: 1,
        rotated_at: at,
        last_used_at: at,
        expires_at: at + SESSION_TTL_MS,
        created_at: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('expires_at', '<', at - REMEMBERED_MS)
      .execute();
    return row.id;
  },
);

export type Rotation =
  | { kind: 'rotated'; userId: number; generation: number }
  | { kind: 'reused'; userId: number }
  | { kind: 'expired' }
  | { kind: 'gone' };

/** Puts the next generation in force; an old token used again ends the session. */
export const rotateSession = defineWrite<
  { sessionId: number; generation: number; at: number },
  Rotation
>('sessions.rotate', async (context, { sessionId, generation, at }) => {
  const session = await context.db
    .selectFrom('sessions')
    .select(['user_id', 'generation', 'rotated_at', 'expires_at'])
    .where('id', '=', sessionId)
    .$if(context.dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  if (!session) return { kind: 'gone' };
  const userId = session.user_id;
  const justReplaced =
    generation === session.generation - 1 && at - session.rotated_at <= REFRESH_OVERLAP_MS;
  if (justReplaced) return { kind: 'rotated', userId, generation: session.generation };
  if (generation !== session.generation) {
    await spend(context, sessionId);
    return { kind: 'reused', userId };
  }
  if (session.expires_at < at) return { kind: 'expired' };
  await advance(context, sessionId, generation + 1, at);
  return { kind: 'rotated', userId, generation: generation + 1 };
});

/** It is over, and its device gets no notification any more. */
async function spend({ db }: WriteContext, sessionId: number) {
  const nothing = { device_token: null, device_platform: null, device_token_at: null };
  await db
    .updateTable('sessions')
    .set({ generation: SPENT, ...nothing })
    .where('id', '=', sessionId)
    .execute();
  await db.deleteFrom('push_subscriptions').where('session_id', '=', sessionId).execute();
}

async function advance({ db }: WriteContext, sessionId: number, generation: number, at: number) {
  await db
    .updateTable('sessions')
    .set({ generation, rotated_at: at, last_used_at: at, expires_at: at + SESSION_TTL_MS })
    .where('id', '=', sessionId)
    .execute();
}

/** Ends sessions of a user: the one named, or all but one. Gives the ids of those ended. */
export const endSessions = defineWrite<
  { userId: number; only?: number; except?: number },
  number[]
>('sessions.end', async ({ db }, { userId, only, except }) => {
  const rows = await db
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .$if(only !== undefined, (query) => query.where('id', '=', only as number))
    .$if(except !== undefined, (query) => query.where('id', '<>', except as number))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
});

/** Sets a new password hash if the old one is still in force, and ends all other sessions. */
export const changePassword = defineWrite<
  {
    userId: number;
    sessionId: number;
    oldHash: string;
    newHash: string;
    /** The account key, sealed with the new password. */
    key: Rewrapped | null;
  },
  number[]
>('users.change_password', async (context, { userId, sessionId, oldHash, newHash, key }) => {
  const changed = await context.db
    .updateTable('users')
    .set({ password_hash: newHash })
    .where('id', '=', userId)
    .where('password_hash', '=', oldHash)
    .returning('id')
    .executeTakeFirst();
  if (!changed) throw new ConfabError('conflict', 'The password was changed in the meantime.');
  await rewrapKey(context, userId, key);
  return endSessions.run(context, { userId, except: sessionId });
});

/** A push token belongs to one session of one user: it moves when a device changes hands. */
export const setDeviceToken = defineWrite<
  { sessionId: number; token: string | null; platform: string | null; at: number },
  null
>('sessions.device_token', async ({ db }, { sessionId, token, platform, at }) => {
  if (token !== null) {
    await db
      .updateTable('sessions')
      .set({ device_token: null, device_platform: null, device_token_at: null })
      .where('device_token', '=', token)
      .execute();
  }
  await db
    .updateTable('sessions')
    .set({
      device_token: token,
      device_platform: platform,
      device_token_at: token === null ? null : at,
    })
    .where('id', '=', sessionId)
    .execute();
  return null;
});

export const authWrites = [
  createSession,
  rotateSession,
  endSessions,
  changePassword,
  setDeviceToken,
];
