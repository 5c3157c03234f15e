import type { ChatId, EventBody, Presence, ServerFrame } from '@confab/protocol';
import type { ConnectionState } from './connection/machine';
import type { OutboxChange } from './outbox/entry';
import type { SessionEnd } from './rest/token-keeper';
import type { Change, ChangeType } from './sync/chat-state';
import type { Typist } from './typing';

type ChangeEvents = { [T in ChangeType]: Omit<Extract<Change, { type: T }>, 'type'> };

/** What a client tells of, by event name. */
export interface ClientEvents extends ChangeEvents {
  /** The connection went from one state to another. */
  connection: { state: ConnectionState; before: ConnectionState };
  /** Who is typing in a chat changed. */
  typing: { chat_id: ChatId; typists: Typist[] };
  /** Somebody came online or went offline. */
  presence: Presence;
  /** A scheduled message of one's own was made, changed, sent, refused or cancelled. */
  scheduled: EventBody<'scheduled_message'>;
  /** Keys, devices or epochs changed, as the frame says. */
  encryption: Extract<ServerFrame, { type: `encryption.${string}` }>;
  /** The user was mentioned in a chat that they are not looking at. */
  mention_notification: EventBody<'mention_notification'>;
  /**
   * There are new messages in a chat that they are not looking at, or they were added to a group. The
   * same `notification_id` again stands for more messages now.
   */
  notification: EventBody<'notification'>;
  /** A message of one's own was queued, sent, refused or given up. */
  outbox: OutboxChange;
  /** The session is over: sign in again. Who ended it decides what may stay on this device. */
  signed_out: { how: SessionEnd };
  /** Something failed that no call could answer with: a store, or a listener. */
  error: { error: unknown };
}
