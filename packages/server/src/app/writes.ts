import { authWrites } from '../features/auth';
import { chatWrites } from '../features/chats';
import { messageWrites } from '../features/messages';
import { userWrites } from '../features/users';
import { type AnyWrite, registry } from '../storage/write';

/** Every durable change there is. */
export const writes = registry([
  ...userWrites,
  ...authWrites,
  ...chatWrites,
  ...messageWrites,
] as unknown as AnyWrite[]);
