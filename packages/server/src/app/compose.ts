import { ConfabError } from '@confab/protocol';
import packageJson from '../../package.json';
import type { Settings } from '../config/settings';
import { ownRows } from '../features/account';
import {
  AuthService,
  authRoutes,
  type Claims,
  LivingSessions,
  LoginLimiter,
  SessionRepository,
  Tokens,
} from '../features/auth';
import {
  ChatAnnouncer,
  ChatEraser,
  ChatRepository,
  ChatService,
  ChatStates,
  chatRoutes,
} from '../features/chats';
import {
  DeliveryTracker,
  MessageRepository,
  MessageService,
  messageCommands,
  messageRoutes,
  PinService,
  presentSystemMessage,
  ReceiptService,
  StatusBroadcaster,
} from '../features/messages';
import { NotificationRepository, notificationRoutes, wordedNow } from '../features/notifications';
import { PresenceService, presenceCommands, TypingService } from '../features/presence';
import {
  Blocks,
  PrivacyRepository,
  PrivacyService,
  PrivacySettings,
  privacyRoutes,
  Visibility,
} from '../features/privacy';
import { searchRoutes } from '../features/search';
import { SyncService, syncCommands, syncRoutes } from '../features/sync';
import { systemRoutes } from '../features/system';
import { UserDirectory, UserRepository, UserService, userRoutes } from '../features/users';
import { Gateway } from '../gateway/gateway';
import type { Router } from '../http/contract';
import { type Clock, systemClock } from '../lib/clock';
import { type BucketOptions, TokenBuckets } from '../lib/token-bucket';
import type { Logger } from '../observability/log';
import { type Bus, MemoryBus } from '../realtime/bus';
import type { Connection, Defer } from '../realtime/connection';
import { Hub } from '../realtime/hub';
import { OnlineLeases } from '../realtime/online';
import { Turns } from '../realtime/turns';
import type { Database } from '../storage/database';
import { Scrubber } from '../storage/scrubber';
import { composeAdministration } from './compose-admin';
import { composeExtras } from './compose-extras';
import { composeNotifications } from './compose-notifications';
import { composePush, type PushOptions } from './compose-push';
import { composeSearch } from './compose-search';
import { eraseSteps } from './writes';

/** A user's messages: twenty a second on average, sixty at once. */
const MESSAGE_RATE = { rate: 20, burst: 60 };
/** A user's heavy reads (chats with their members, syncs): an app that starts makes some at once. */
const READ_RATE = { rate: 30, burst: 300 };
/** A user's changes of chats, and deletions: somebody who tidies up may do many at once. */
const CHANGE_RATE = { rate: 20, burst: 300 };
/** A user's test notifications: five at once, six a minute. */
const PUSH_TEST_RATE = { rate: 0.1, burst: 5 };

export interface ComposeOptions {
  settings: Settings;
  secret: string;
  database: Database;
  log: Logger;
  clock?: Clock;
  bus?: Bus;
  /** Puts off work to the end of the loop's turn. */
  defer?: Defer;
  /** Members up to whom a chat needs no topic (see Hub). */
  smallChat?: number;
  push?: PushOptions;
  /** Whether new messages go into the search index (true); searches are right without, but slow. */
  indexing?: boolean;
}

export type Services = Awaited<ReturnType<typeof compose>>;

/** Puts the server together, by hand: what needs what is all here. */
export async function compose(options: ComposeOptions) {
  const { settings, database, log } = options;
  const clock = options.clock ?? systemClock;
  const { now } = clock;
  const defer = options.defer ?? ((run: () => void) => void setImmediate(run));
  const { committer, read } = database;
  const onError = (error: unknown) =>
    log.error({ err: error }, 'Something failed in the background');
  const bus = options.bus ?? new MemoryBus(onError);
  const hub = new Hub(options.smallChat);
  const online = new OnlineLeases(clock);

  const scrubber = new Scrubber({ clock, scrub: () => database.scrub(), onError });
  const privacyRows = new PrivacyRepository(read);
  const privacySettings = new PrivacySettings(privacyRows);
  const blocks = new Blocks(privacyRows);
  const visibility = new Visibility({
    settings: privacySettings,
    blocks,
    repository: privacyRows,
  });

  const users = new UserRepository(read);
  const directory = new UserDirectory(users, online);
  const profiles = new UserService({ users, directory, visibility, committer, bus });

  const sessions = new SessionRepository(read);
  const living = new LivingSessions(sessions);
  const tokens = new Tokens(options.secret, settings.ACCESS_TOKEN_TTL_S, now);
  const limiter = new LoginLimiter(now, settings.RATE_LIMITS);
  const auth = new AuthService({
    tokens,
    sessions,
    living,
    users,
    profiles,
    limiter,
    committer,
    bus,
    now,
  });

  /** Everybody whom a user blocked or who blocked them. */
  const apartFrom = (userId: number) => blocks.of(userId);

  const limited = (rate: BucketOptions) => userLimit(rate, now, settings.RATE_LIMITS);
  const limitChange = limited(CHANGE_RATE);
  const limitRead = limited(READ_RATE);
  const chatRows = new ChatRepository(read);
  const states = new ChatStates(chatRows);
  const messageRows = new MessageRepository(read);
  const receipts = new ReceiptService({
    clock,
    states,
    messages: messageRows,
    visibility,
    committer,
    bus,
    onError,
  });
  const messages = new MessageService({
    messages: messageRows,
    states,
    directory,
    visibility,
    receipts,
    committer,
    bus,
    now,
    maxMessageBytes: settings.MAX_MESSAGE_BYTES,
    limit: limited(MESSAGE_RATE),
    limitChange,
    connectionsOf: (userId) => hub.connectionsOf(userId).length,
    onErased: scrubber.erased,
    onExpiring: (expiresAt) => extras.sweeper.heed(expiresAt),
    apartFrom,
  });
  const announcer = new ChatAnnouncer(bus, visibility, presentSystemMessage);
  const eraser = new ChatEraser(committer, scrubber.erased, onError);
  const chats = new ChatService({
    chats: chatRows,
    states,
    directory,
    visibility,
    committer,
    bus,
    announcer,
    eraser,
    latest: (rows) => messages.latest(rows),
    now,
    maxGroupMembers: settings.MAX_GROUP_MEMBERS,
    limit: limitChange,
    limitRead,
    isConnected: (userId) => hub.connectionsOf(userId).length > 0,
    apartFrom,
    onError,
  });
  const pins = new PinService({
    messages: messageRows,
    messageService: messages,
    states,
    directory,
    announcer,
    committer,
    bus,
    now,
    limit: limitChange,
  });
  const extras = composeExtras({
    clock,
    database,
    bus,
    states,
    directory,
    announcer,
    chats,
    messages,
    limited,
    limitChange,
    maxGroupMembers: settings.MAX_GROUP_MEMBERS,
    retentionMs: () => administration.retention.retentionMs(),
    onErased: scrubber.erased,
    tellUnread: (state, userIds) => receipts.tellUnread(state, userIds),
    onError,
  });
  const pause = () => new Promise<void>((resolve) => defer(resolve));
  const sync = new SyncService({
    epoch: database.epoch,
    chats: chatRows,
    chatService: chats,
    states,
    messages: messageRows,
    messageService: messages,
    receipts,
    pause,
    limitRead,
  });
  const administration = await composeAdministration({
    settings,
    database,
    bus,
    online,
    now,
    limited,
    pause,
    onError,
    auth,
    profiles,
    sessions,
    chats,
    chatRows,
    states,
    announcer,
    chatEraser: eraser,
    messages,
    messageRows,
    eraseSteps,
    exportSources: [ownRows(read)],
    whyNoPush: (userId) => push.whyNoPush(userId),
  });
  const { push, bind: bindPush } = composePush({
    settings,
    database,
    clock,
    log,
    limitChange,
    limitTest: limited(PUSH_TEST_RATE),
    worded: wordedNow(new NotificationRepository(read)),
    options: options.push ?? {},
  });

  const notifications = composeNotifications({
    clock,
    hub,
    bus,
    database,
    states,
    apartFrom,
    push: (userId, notification) => push.send(userId, notification),
    reachable: (userIds) => push.reachable(userIds),
    tellUnread: (state, userIds) => receipts.tellUnread(state, userIds),
    onError,
  });
  const turns = new Turns<Connection>(defer);
  const typing = new TypingService({ clock, hub, states, directory, blocks, bus, onError });
  const presence = new PresenceService({
    clock,
    hub,
    online,
    chats: chatRows,
    states,
    directory,
    visibility,
    committer,
    bus,
    onError,
  });
  const privacy = new PrivacyService({
    repository: privacyRows,
    committer,
    bus,
    now,
    limit: limitChange,
    present: (viewerId, userIds) => profiles.many(viewerId, userIds),
  });

  const { search, index } = composeSearch({
    clock,
    database,
    states,
    messages,
    onError,
    limits: settings.RATE_LIMITS,
  });

  const authenticateSocket = (token: string): Promise<Claims> => auth.authenticateSocket(token);
  const gateway = new Gateway({
    clock,
    hub,
    online,
    chats: chatRows,
    membersOf: (chatId) => states.peek(chatId)?.members,
    epoch: database.epoch,
    handlers: {
      ...messageCommands(messages, receipts),
      ...syncCommands(sync, turns),
      ...presenceCommands(presence, typing, turns),
    },
    authenticate: (token) => auth.authenticate(token),
    onUserGone: (userId) => typing.left(userId),
    onError,
    maxSocketsPerUser: settings.MAX_SOCKETS_PER_USER,
    maxFrameBytes: settings.MAX_FRAME_BYTES,
    limits: settings.RATE_LIMITS,
    defer,
  });

  // The order matters: who sees what of whom is known before anybody is told anything, the
  // broadcaster compares new watermarks with the state before it moves, and sockets hear of a change
  // only when the state that their next frame is checked against has it.
  const statuses = new StatusBroadcaster({
    clock,
    hub,
    states,
    messages: messageRows,
    visibility,
    onError,
  });
  clock.every(30_000, () => statuses.sweep());
  const deliveries = new DeliveryTracker(clock, hub, states, receipts);
  const indexers = (options.indexing ?? true) ? [index] : [];
  const followers = [
    visibility,
    statuses,
    states,
    gateway,
    deliveries,
    typing,
    presence,
    notifications.follower,
    administration.exports,
    ...indexers,
  ];
  bus.subscribe((message) => {
    if (message.kind === 'profile') directory.forget(message.userId);
    if (message.kind === 'session_ended') for (const id of message.sessionIds) living.ended(id);
    for (const follower of followers) follower.follow(message);
  });

  const bind = (router: Router) => {
    authRoutes(router, auth);
    privacyRoutes(router, privacy);
    userRoutes(router, profiles);
    chatRoutes(router, chats);
    extras.bind(router);
    // Before those of messages: its path would be taken for a chat's.
    searchRoutes(router, search);
    messageRoutes(router, messages, receipts, pins);
    notificationRoutes(router, notifications.service);
    syncRoutes(router, sync);
    bindPush(router);
    administration.bind(router);
    const version = packageJson.version;
    systemRoutes(router, { version, startedAt: now(), database, bus, hub, now });
  };

  await privacySettings.load();
  await eraser.resume(chatRows);
  await notifications.start();
  await administration.eraser.resume();
  for (const indexer of indexers) indexer.start();
  gateway.start();
  await extras.start();
  return {
    version: packageJson.version,
    administration,
    auth,
    authenticateSocket,
    bind,
    blocks,
    bus,
    chats,
    database,
    extras,
    gateway,
    hub,
    index,
    messages,
    notifications,
    presence,
    push,
    receipts,
    tokens,
  };
}

function userLimit(rate: BucketOptions, now: () => number, enabled: boolean) {
  const buckets = new TokenBuckets<number>(rate, now);
  return (userId: number, cost = 1): void => {
    const wait = enabled ? buckets.take(userId, cost) : 0;
    if (wait > 0) {
      throw new ConfabError('rate_limited', 'Too much at once. Slow down.', {
        retryAfterS: wait,
      });
    }
  };
}
