import { LIMITS, RATES } from '@confab/protocol';
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
  Invitations,
} from '../features/chats';
import type { KeyPair } from '../features/keys';
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
import {
  NotificationExport,
  NotificationRepository,
  notificationRoutes,
  wordedNow,
} from '../features/notifications';
import { PresenceService, presenceCommands, TypingService } from '../features/presence';
import { searchRoutes } from '../features/search';
import { SyncService, syncCommands, syncRoutes } from '../features/sync';
import { systemRoutes } from '../features/system';
import { Gateway } from '../gateway/gateway';
import type { Router } from '../http/contract';
import { type Clock, systemClock } from '../lib/clock';
import { limitBy } from '../lib/limit';
import { networkOf } from '../lib/network-of';
import type { BucketOptions } from '../lib/token-bucket';
import type { Logger } from '../observability/log';
import { type Bus, MemoryBus } from '../realtime/bus';
import type { Connection, Defer } from '../realtime/connection';
import { Hub } from '../realtime/hub';
import { OnlineLeases } from '../realtime/online';
import { Turns } from '../realtime/turns';
import type { BlobStore } from '../storage/blobs/blob-store';
import type { Database } from '../storage/database';
import { Scrubber } from '../storage/scrubber';
import { composeAdministration } from './compose-admin';
import { composeExtras } from './compose-extras';
import { composeKeys } from './compose-keys';
import { composeMedia, type MediaOptions } from './compose-media';
import { composeNotifications } from './compose-notifications';
import { composePeople } from './compose-people';
import { composePush, type PushOptions } from './compose-push';
import { composeSearch } from './compose-search';
import { eraseSteps } from './writes';

export interface ComposeOptions {
  settings: Settings;
  secret: string;
  database: Database;
  store: BlobStore;
  log: Logger;
  clock?: Clock;
  bus?: Bus;
  /** Puts off work to the end of the loop's turn. */
  defer?: Defer;
  /** Members up to whom a chat needs no topic (see Hub). */
  smallChat?: number;
  push?: PushOptions;
  media?: MediaOptions;
  /** Users that one may block. */
  maxBlocks?: number;
  /** Makes account keys. */
  generateKeyPair?: () => Promise<KeyPair>;
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
  /** Something was erased: texts leave the database's files, and files the store. */
  const onErased = () => {
    scrubber.erased();
    files.onDoomed();
  };
  const limited = (rate: BucketOptions, what: string) =>
    limitBy<number>(rate, what, now, settings.RATE_LIMITS);
  const limitChange = limited(RATES.changes, 'changes');
  const limitRead = limited(RATES.reads, 'requests for chats');
  const people = composePeople({
    database,
    bus,
    online,
    now,
    limitChange,
    maxBlocks: options.maxBlocks ?? LIMITS.blocksPerUser,
    roomOf: (userId) => files.roomOf(userId),
  });
  const { users, inactive, visibility, directory, profiles, apartFrom } = people;

  const sessions = new SessionRepository(read);
  const living = new LivingSessions(sessions);
  const tokens = new Tokens(options.secret, settings.ACCESS_TOKEN_TTL_S, now);
  const limiter = new LoginLimiter(now, settings.RATE_LIMITS);
  const limitAddress = limitBy<string>(
    RATES.registrations,
    'new accounts from your address',
    now,
    settings.RATE_LIMITS,
  );
  const pause = () => new Promise<void>((resolve) => defer(resolve));
  const chatRows = new ChatRepository(read);
  const states = new ChatStates(chatRows, people.isInactive);
  const keys = composeKeys({
    settings,
    secret: options.secret,
    database,
    clock,
    bus,
    states,
    limited,
    apartFrom,
    pause,
    auth: () => auth,
    onError,
    generateKeyPair: options.generateKeyPair,
  });
  const auth: AuthService = new AuthService({
    limitRegistration: (address) => limitAddress(networkOf(address)),
    tokens,
    sessions,
    living,
    users,
    profiles,
    limiter,
    accountKeys: keys.accountKeys,
    sealer: keys.sealer,
    committer,
    bus,
    now,
  });
  const messageRows = new MessageRepository(read);
  const receipts = new ReceiptService({
    clock,
    states,
    messages: messageRows,
    invitations: new Invitations(read, committer),
    visibility,
    committer,
    bus,
    limitRead,
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
    limit: limited(RATES.messages, 'messages'),
    limitChange,
    limitRead,
    connectionsOf: (userId) => hub.connectionsOf(userId).length,
    onErased,
    onExpiring: (expiresAt) => extras.sweeper.heed(expiresAt),
    apartFrom,
  });
  const announcer = new ChatAnnouncer(bus, visibility, presentSystemMessage, now);
  const eraser = new ChatEraser(committer, onErased, onError);
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
    onError,
  });
  const files = composeMedia({
    settings,
    secret: options.secret,
    database,
    store: options.store,
    clock,
    bus,
    states,
    chats,
    announcer,
    messages,
    messageRows,
    profiles,
    mustLive: (caller) => auth.mustLive(caller),
    limited,
    limitChange,
    onLostFile: (key) =>
      log.warn({ key }, 'A stored file is gone. See: npm run admin -- storage verify'),
    onError,
    options: options.media ?? {},
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
    onErased,
    tellUnread: (state, userIds) => receipts.tellUnread(state, userIds),
    onError,
  });
  const notices = new NotificationRepository(read, now);
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
    onErased,
    eraseErrands: [files.eraseAll],
    exportSources: [ownRows(read), new NotificationExport(read, notices), files.exportSource],
    whyNoPush: async (userId) => {
      await notifications.accounted(userId);
      return push.whyNoPush(userId);
    },
    verifyStorage: files.verifyStorage,
  });
  const { push, bind: bindPush } = composePush({
    settings,
    database,
    clock,
    log,
    limitChange,
    limitTest: limited(RATES.pushTests, 'test notifications'),
    worded: wordedNow(notices),
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
    noteSilence: (userId, reason) => push.note(userId, null, reason),
    tellUnread: (state, userIds) => receipts.tellUnread(state, userIds),
    limitRead,
    pause,
    onError,
  });
  const turns = new Turns<Connection>(defer);
  const typing = new TypingService({
    clock,
    hub,
    states,
    directory,
    blocks: people.blocks,
    bus,
    onError,
  });
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
    onSeen: (state, userId) => receipts.seen(state, userId),
    onError,
  });
  const { search, index } = composeSearch({
    clock,
    database,
    states,
    messages,
    limitRead,
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
  clock.every(60_000, () => void presence.storeActive());
  const deliveries = new DeliveryTracker(clock, hub, states, receipts);
  const indexers = (options.indexing ?? true) ? [index] : [];
  const followers = [
    inactive,
    visibility,
    statuses,
    states,
    gateway,
    deliveries,
    typing,
    presence,
    notifications.follower,
    administration.exports,
    files,
    ...indexers,
  ];
  bus.subscribe((message) => {
    if (message.kind === 'profile') directory.forget(message.userId);
    if (message.kind === 'session_ended') for (const id of message.sessionIds) living.ended(id);
    for (const follower of followers) follower.follow(message);
  });

  const bind = (router: Router) => {
    authRoutes(router, auth);
    people.bind(router);
    chatRoutes(router, chats);
    extras.bind(router);
    files.bind(router);
    // Before those of messages: its path would be taken for a chat's.
    searchRoutes(router, search);
    messageRoutes(router, messages, receipts, pins);
    notificationRoutes(router, notifications.service);
    syncRoutes(router, sync);
    bindPush(router);
    keys.bind(router);
    administration.bind(router);
    const version = packageJson.version;
    systemRoutes(router, { version, startedAt: now(), database, bus, hub, now });
  };

  await people.load();
  await files.start();
  await eraser.resume(chatRows);
  await notifications.start();
  await administration.eraser.resume();
  for (const indexer of indexers) indexer.start();
  gateway.start();
  await extras.start();
  keys.start();
  return {
    version: packageJson.version,
    administration,
    auth,
    authenticateSocket,
    bind,
    blocks: people.blocks,
    bus,
    chats,
    database,
    extras,
    files,
    gateway,
    hub,
    index,
    keys,
    messages,
    notifications,
    presence,
    push,
    receipts,
    statuses,
    tokens,
  };
}
