import { accountWrites } from '../features/account/writes';
import { adminWrites } from '../features/admin/writes';
import { authWrites } from '../features/auth/writes';
import { chatWrites } from '../features/chats/writes';
import { expiryWrites } from '../features/expiry/writes';
import { eraseInvites, inviteWrites } from '../features/invites/writes';
import { eraseKeys, eraseLists, keyWrites } from '../features/keys/writes';
import { eraseUnsent, mediaWrites } from '../features/media/writes';
import { messageWrites } from '../features/messages/writes';
import { eraseNotices, notificationWrites } from '../features/notifications/writes';
import { erasePrivacy, privacyWrites } from '../features/privacy/writes';
import { erasePushes, pushWrites } from '../features/push/writes';
import { reportWrites } from '../features/reports/writes';
import { eraseScheduled, scheduledWrites } from '../features/scheduled/writes';
import { searchWrites } from '../features/search/writes';
import { userWrites } from '../features/users/writes';
import { type AnyWrite, registry } from '../storage/write';

/** Every durable change there is. The writer thread loads these alone, not whole features. */
export const writes = registry([
  ...userWrites,
  ...authWrites,
  ...chatWrites,
  ...messageWrites,
  ...inviteWrites,
  ...scheduledWrites,
  ...expiryWrites,
  ...pushWrites,
  ...notificationWrites,
  ...reportWrites,
  ...adminWrites,
  ...accountWrites,
  ...privacyWrites,
  ...searchWrites,
  ...mediaWrites,
  ...keyWrites,
] as unknown as AnyWrite[]);

/** What else is erased with an account. */
export const eraseSteps = [
  eraseNotices,
  erasePushes,
  eraseScheduled,
  erasePrivacy,
  eraseInvites,
  eraseUnsent,
  eraseKeys,
  eraseLists,
];
