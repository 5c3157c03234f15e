import type { ChatState, ChatStates } from '../features/chats';
import {
  ChatVisitor,
  dropUntold,
  NotificationExpiry,
  NotificationFollower,
  NotificationReader,
  NotificationRepository,
  NotificationService,
  notifyMentions,
  notifyMessages,
  People,
  type Push,
  Silences,
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
  /** Writes down why a user was sent nothing. */
  noteSilence: (userId: number, reason: string) => void;
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
  limitRead: (userId: number) => void;
  /** Lets others have their turn of the event loop. */
  pause: () => Promise<void>;
  onError: (error: unknown) => void;
}

/** Notifications and all that makes them. */
export function composeNotifications(parts: NotificationParts) {
  const { clock, bus, hub, states, apartFrom, push, reachable, tellUnread, onError } = parts;
  const { limitRead, pause } = parts;
  const { read, committer } = parts.database;
  const { now } = clock;
  const notifications = new NotificationRepository(read, now);
  const reader = new NotificationReader({ notifications, committer, pause, onError });
  const silences = new Silences({ clock, reachable, note: parts.noteSilence, onError });
  const people = new People({ hub, notifications, apartFrom, silences, now });
  const teller = new Teller({
    clock,
    bus,
    committer,
    notifications,
    reader,
    push,
    reachable,
    onError,
  });
  const visitor = new ChatVisitor({
    states,
    notifications,
    people,
    silences,
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
    reader,
    follower,
    states,
    committer,
    tellUnread,
    limitRead,
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
    await silences.flush();
    await teller.stop();
  }

  /** Resolves when it is written down what became of all that was said to a user before. */
  async function accounted(userId: number): Promise<void> {
    await follower.settle(userId);
    await silences.flush();
  }

  return { follower, service, accounted, start, stop };
}
