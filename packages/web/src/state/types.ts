export type { ConfabClient as Client } from '@confab/client';
/** What the SDK gives, by the names that the contract has for it. */
export type {
  Chat,
  ChatId,
  ChatMember,
  Invite,
  Me,
  Media,
  Message,
  MessageId,
  Notification,
  Presence,
  SearchHit,
  User,
  UserId,
} from '@confab/protocol';
