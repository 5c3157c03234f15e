import { ConfabError } from '@confab/protocol/failure';
import { defineWrite } from '../../../storage/write';
import { lockUsers } from '../../privacy/writes';

/** @returns the new version */
export const putBackup = defineWrite<
  { userId: number; version: number; head: string; c: string; at: number },
  number
>('keys.put_backup', async (context, { userId, version, head, c, at }) => {
  const { db } = context;
  await lockUsers(context, [userId]);
  const known = await db
    .selectFrom('key_backups')
    .select('version')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const newest = known?.version ?? 0;
  if (newest !== version) {
    throw new ConfabError('stale_backup', `Version ${newest} is the newest backup: read it first`);
  }
  const values = { version: version + 1, head, c, updated_at: at };
  await db
    .insertInto('key_backups')
    .values({ user_id: userId, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute();
  return version + 1;
});
