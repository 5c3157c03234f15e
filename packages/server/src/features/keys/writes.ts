import { eraseOwn, eraseSome } from '../../storage/erase-own';
import { defineWrite } from '../../storage/write';
import { makeAccountKey, putPublicKey } from './account/writes';
import { postEpoch } from './chats/epoch-write';
import { appendEntry } from './chats/log-write';
import { grantApproval, refuseApproval, requestApproval } from './devices/approval-writes';
import { putBackup } from './devices/backup-write';
import { moveDevice, putDeviceList, registerDevice } from './devices/list-writes';

export { destroyKey, type Rewrapped, rewrapKey } from './account/writes';

/** What is kept here of somebody whose account is erased. */
export const eraseKeys = eraseOwn('keys.erase_own', [
  'epoch_slices.user_id',
  'encryption_devices.user_id',
  'device_approvals.user_id',
  'account_keys.user_id',
  'key_backups.user_id',
]);

/**
 * Their lists of devices stay where others are still in an encrypted chat with what they wrote there:
 * without the keys in them a new device could read neither that nor what stands behind it.
 */
export const eraseLists = defineWrite<{ userId: number; at: number }, boolean>(
  'keys.erase_lists',
  async (context, { userId }) => {
    const reader = await context.db
      .selectFrom('chat_members as theirs')
      .innerJoin('chats as c', 'c.id', 'theirs.chat_id')
      .innerJoin('chat_members as other', 'other.chat_id', 'theirs.chat_id')
      .select('c.id')
      .where('theirs.user_id', '=', userId)
      .where('c.is_encrypted', '=', 1)
      .where('c.is_active', '=', 1)
      .where('other.user_id', '!=', userId)
      .where('other.left_at', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return reader ? false : eraseSome(context, 'device_lists.user_id', userId, LISTS);
  },
);

/** Lists that one commit erases. */
const LISTS = 500;

export const keyWrites = [
  registerDevice,
  moveDevice,
  putDeviceList,
  requestApproval,
  grantApproval,
  refuseApproval,
  putBackup,
  makeAccountKey,
  putPublicKey,
  postEpoch,
  appendEntry,
  eraseKeys,
  eraseLists,
];
