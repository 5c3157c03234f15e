import { authWrites } from '../features/auth/writes';
import { chatWrites } from '../features/chats/writes';
import { messageWrites } from '../features/messages/writes';
import { searchWrites } from '../features/search/writes';
import { userWrites } from '../features/users/writes';
import { type AnyWrite, registry } from '../storage/write';

/** Every durable change there is. The writer thread loads these alone, not whole features. */
export const writes = registry([
  ...userWrites,
  ...authWrites,
  ...chatWrites,
  ...messageWrites,
  ...searchWrites,
] as unknown as AnyWrite[]);
