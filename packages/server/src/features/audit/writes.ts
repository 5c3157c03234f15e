import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from '../../storage/write';
import type { Operator } from './operator';

export interface Action {
  operator: Operator;
  at: number;
}

export interface Done {
  action: string;
  /** The user whom it concerns. */
  targetId: number | null;
  details?: Record<string, unknown>;
}

/** Writes down what an administrator did, in the transaction that does it. */
export async function record({ db }: WriteContext, by: Action, done: Done): Promise<void> {
  const { operator, at } = by;
  const isAdmin = operator.kind === 'admin';
  await db
    .insertInto('audit_log')
    .values({
      at,
      actor_id: isAdmin ? operator.userId : null,
      address: isAdmin ? operator.address : 'command line',
      action: done.action,
      target_id: done.targetId,
      details: JSON.stringify(done.details ?? {}),
    })
    .execute();
}

/** They may have lost the role since the request came in. @throws ConfabError `forbidden` */
export async function mustBeAdmin({ db }: Pick<WriteContext, 'db'>, operator: Operator) {
  if (operator.kind === 'command_line') return;
  const admin = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', operator.userId)
    .where('server_role', '=', 'admin')
    .where('is_active', '=', 1)
    .executeTakeFirst();
  if (!admin) throw notAdmin();
}

export const notAdmin = () =>
  new ConfabError('forbidden', 'Only an administrator of this server may do this.');
