import type { ChatState, ChatStates } from '../features/chats';
import {
  ChatVisitor,
  dropUntold,
  NotificationExpiry,
  NotificationFollower,
  NotificationRepository,
  NotificationService,
  notifyMentions,
  notifyMessages,
  People,
  type Push,
  STALE_MS,
  Teller,
} from '../features/notifications';
import type { Clock } from '../lib/clock';
import type { Bus } from '../realtime/bus';
import type { Hub } from '../realtime/hub';
import type { Database } from '../storage/database';

export interface NotificationParts {
  clock: Clock;
  hub: Hub;
  bus: Bus;
  database: Database;
  states: ChatStates;
  /** Everybody whom a user blocked or who blocked them. */
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
  push: Push;
  reachable: (userIds: readonly number[]) => Promise<ReadonlySet<number>>;
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
  onError: (error: unknown) => void;
}

/** Notifications and all that makes them. */
export function composeNotifications(parts: NotificationParts) {
  const { clock, bus, hub, states, apartFrom, push, reachable, tellUnread, onError } = parts;
  const { read, committer } = parts.database;
  const { now } = clock;
  const notifications = new NotificationRepository(read);
  const people = new People({ hub, notifications, apartFrom, now });
  const teller = new Teller({ clock, bus, committer, notifications, push, reachable, onError });
  const visitor = new ChatVisitor({
    states,
    notifications,
    people,
    teller,
    notifyMessages: (news) => committer.submit(notifyMessages, news, news.chatId),
    notifyMentions: (news) => committer.submit(notifyMentions, news, news.chatId),
    tellUnread,
    now,
  });
  const follower = new NotificationFollower({
    clock,
    states,
    visit: (chatId, work) => visitor.visit(chatId, work),
    lagging: (limit) => notifications.lagging(limit),
    onError,
  });
  const service = new NotificationService({
    notifications,
    follower,
    states,
    committer,
    tellUnread,
  });

  const expiry = new NotificationExpiry(clock, committer, onError);

  /** Takes up what a stop or a crash has left. */
  async function start(): Promise<void> {
    await committer.submit(dropUntold, { before: now() - STALE_MS }, 0);
    await follower.resume();
    expiry.start();
  }

  /** Finishes what is under way. */
  async function stop(): Promise<void> {
    expiry.stop();
    await follower.stop();
    await teller.stop();
  }

  return { follower, service, start, stop };
}
