import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../storage/write';
import { type Action, mustBeAdmin, record } from '../audit/writes';
import { endSessions } from '../auth/writes';
import { destroyKey } from '../keys/writes';

type AboutUser = Action & { userId: number };

interface Account {
  id: number;
  is_active: number;
  server_role: 'user' | 'admin';
}

/** The account, once it is certain that whoever asks may touch it. */
async function accountFor(context: WriteContext, input: AboutUser): Promise<Account> {
  await mustBeAdmin(context, input.operator);
  const account = await context.db
    .selectFrom('users')
    .select(['id', 'is_active', 'server_role'])
    .where('id', '=', input.userId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (!account) throw new ConfabError('not_found', 'There is no such user');
  return account;
}

/** @throws ConfabError `conflict` when nobody else could administer the server */
export async function keepAnAdmin({ db }: Pick<WriteContext, 'db'>, account: Account) {
  if (account.server_role !== 'admin' || account.is_active !== 1) return;
  const other = await db
    .selectFrom('users')
    .select('id')
    .where('server_role', '=', 'admin')
    .where('is_active', '=', 1)
    .where('id', '<>', account.id)
    .limit(1)
    .executeTakeFirst();
  if (!other) {
    throw new ConfabError('conflict', 'This is the last administrator. Make another one first.');
  }
}

/** @returns the sessions that ended */
export const setActive = defineWrite<AboutUser & { active: boolean }, number[]>(
  'admin.set_active',
  async (context, input) => {
    const account = await accountFor(context, input);
    if (account.is_active === Number(input.active)) return [];
    if (!input.active) await keepAnAdmin(context, account);
    await context.db
      .updateTable('users')
      .set({ is_active: Number(input.active) })
      .where('id', '=', account.id)
      .execute();
    const action = input.active ? 'user.reactivate' : 'user.deactivate';
    await record(context, input, { action, targetId: account.id });
    return input.active ? [] : endSessions.run(context, { userId: account.id });
  },
);

export const setServerRole = defineWrite<AboutUser & { role: Account['server_role'] }, null>(
  'admin.set_role',
  async (context, input) => {
    const account = await accountFor(context, input);
    if (account.server_role === input.role) return null;
    if (input.role === 'user') await keepAnAdmin(context, account);
    if (input.role === 'admin' && account.is_active !== 1) {
      throw new ConfabError('conflict', 'The account is deactivated. Reactivate it first.');
    }
    await context.db
      .updateTable('users')
      .set({ server_role: input.role })
      .where('id', '=', account.id)
      .execute();
    const action = input.role === 'admin' ? 'user.promote' : 'user.demote';
    await record(context, input, { action, targetId: account.id });
    return null;
  },
);

/** @returns the sessions that ended: all of them */
export const resetPassword = defineWrite<AboutUser & { passwordHash: string }, number[]>(
  'admin.reset_password',
  async (context, input) => {
    const account = await accountFor(context, input);
    await context.db
      .updateTable('users')
      .set({ password_hash: input.passwordHash })
      .where('id', '=', account.id)
      .execute();
    await destroyKey(context, account.id);
    await record(context, input, { action: 'user.reset_password', targetId: account.id });
    return endSessions.run(context, { userId: account.id });
  },
);

/** @returns the sessions that ended: all of them */
export const closeSessions = defineWrite<AboutUser, number[]>(
  'admin.close_sessions',
  async (context, input) => {
    const account = await accountFor(context, input);
    const ended = await endSessions.run(context, { userId: account.id });
    const details = { sessions: ended.length };
    await record(context, input, { action: 'sessions.close', targetId: account.id, details });
    return ended;
  },
);

export const RETENTION_KEY = 'retention_days';

export const setRetention = defineWrite<Action & { days: number | null }, null>(
  'admin.set_retention',
  async (context, input) => {
    await mustBeAdmin(context, input.operator);
    await context.db.deleteFrom('meta').where('key', '=', RETENTION_KEY).execute();
    if (input.days !== null) {
      await context.db
        .insertInto('meta')
        .values({ key: RETENTION_KEY, value: String(input.days) })
        .execute();
    }
    const details = { days: input.days };
    await record(context, input, { action: 'retention.set', targetId: null, details });
    return null;
  },
);

export const adminWrites = [setActive, setServerRole, resetPassword, closeSessions, setRetention];
