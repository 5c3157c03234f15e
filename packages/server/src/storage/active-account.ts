import { ConfabError } from '@confab/protocol/failure';
import type { WriteContext } from './write';

/**
 * Whoever makes something their own must have an account at that moment: it may have been deactivated
 * or erased since they were let in. It stays as it is until the commit.
 * @throws ConfabError `account_inactive`
 */
export async function mustBeActive({ db, dialect }: WriteContext, userId: number): Promise<void> {
  const user = await db
    .selectFrom('users')
    .select('is_active')
    .where('id', '=', userId)
    .$if(dialect === 'postgres', (query) => query.forShare())
    .executeTakeFirst();
  if (user?.is_active !== 1) {
    throw new ConfabError('account_inactive', 'This account is deactivated.');
  }
}
