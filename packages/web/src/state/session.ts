import {
  ConfabClient,
  type ConnectionState,
  type SessionEnd,
  type StateStore,
} from '@confab/client';
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { forgetHabits, isWipeDue, WIPE_KEY, wipeIfDue, wipeSoon } from '../storage/leavings';
import { OutboxChannel, type OutboxNews } from '../storage/outbox-channel';
import { database, openStores } from '../storage/stores';
import { isSessionKept, SESSION_KEY } from '../storage/token-store';
import { keepFace, keptFace, type OwnFace } from './own-face';
import type { Chat, ChatId, ChatMember, Client, Me, Message, Presence, UserId } from './types';
import { Versions } from './versions';

/** Where signing in has come to. */
export type Phase = 'starting' | 'signed-out' | 'signed-in';

const phase = signal<Phase>('starting');
const me = signal<Me | null>(null);
/** Who was signed in at the last visit, until the server says more. */
const faceBefore = signal<OwnFace | null>(null);
const face = computed<OwnFace | null>(() => me.value ?? faceBefore.value);
// An answer that comes after the session ended must not be kept.
effect(() => {
  if (phase.value === 'signed-in' && me.value) keepFace(me.value);
});
const connection = signal<ConnectionState>({ name: 'idle' });
/** When the next try to connect comes, in milliseconds since 1970. */
const retryAt = signal<number | null>(null);
/** How the last session ended. */
const ending = signal<SessionEnd>('left');
/** Whether this browser keeps what is written, should the page be closed. */
const isKept = signal(true);

/** The list of chats as a whole. */
const LIST = 0;
const chatVersions = new Versions<number>();
const messageVersions = new Versions<number>();
const presenceVersions = new Versions<number>();
const typingVersions = new Versions<number>();

const clientListeners: ((client: Client) => void)[] = [];
const outboxChannel = new OutboxChannel(followOutbox);
let stores = newStores();
let client: Client = newClient();
/** The one whose user signs out. */
let leaving: Client | null = null;

function newStores() {
  return openStores(outboxChannel, (fault) => {
    console.warn('Confab keeps nothing in this browser:', fault);
    isKept.value = false;
  });
}

function newClient(): Client {
  const made = new ConfabClient({ server: location.origin, ...stores });
  made.setAway(document.hidden);
  listen(made);
  made.on('signed_out', ({ how }) => {
    if (made === client && made !== leaving) endedElsewhere(how);
  });
  for (const tell of clientListeners) tell(made);
  return made;
}

/** Calls back with the client of this session, and of each later one. */
function onClient(listener: (client: Client) => void): void {
  clientListeners.push(listener);
  listener(client);
}

/** Another session begins with a client that holds nothing. Resolves when the one before writes no more. */
function renewClient(): Promise<void> {
  const before = client;
  const closed = stores.close();
  stores = newStores();
  client = newClient();
  connection.value = client.connection;
  before.close().catch(() => {});
  return closed;
}

/** Whoever comes next to this browser shall not find the chats. */
function endedElsewhere(how: SessionEnd): void {
  if (how === 'ended') wipeSoon(client.userId || (me.value?.id ?? 0));
  end(how);
}

/** Takes what is shown away, and what this tab wrote for it, once it writes no more. */
function end(how: SessionEnd): void {
  const { state } = stores;
  ended(how);
  const closed = renewClient();
  if (how === 'ended') void closed.then(wipe);
  else void closed.then(() => clearUnlessKept(state)).catch(() => {});
}

/** The chats of a session that another tab has begun meanwhile stay. */
async function clearUnlessKept(state: StateStore): Promise<void> {
  if (!isSessionKept()) await state.clear();
}

/** What is done before what an ended session left is taken away. */
const partings = new Set<() => Promise<void>>();

/** Takes away what an ended session left here; what fails is tried again before the next one begins. */
async function wipe(): Promise<void> {
  if (!isWipeDue()) return;
  await Promise.allSettled([...partings].map((run) => run()));
  await wipeIfDue(database).catch((fault: unknown) => {
    console.warn('Confab could not take away what a session left:', fault);
  });
}

/** Another tab took messages out of the outbox that this one may hold, or left some behind. */
function followOutbox(news: OutboxNews): void {
  if (news === 'left' || client.pending().length > 0) refreshOutbox();
}

function refreshOutbox(): void {
  if (phase.value === 'signed-in') client.refreshOutbox().catch(() => {});
}

function chatChanged(chatId: number): void {
  chatVersions.touch(LIST);
  chatVersions.touch(chatId);
}

function messagesChanged(chatId: number): void {
  messageVersions.touch(chatId);
  chatChanged(chatId);
}

/** What every event of the SDK means for what is shown. */
function listen(to: Client): void {
  for (const type of ['message', 'message_updated', 'message_deleted', 'message_status'] as const) {
    to.on(type, ({ chat_id }) => messagesChanged(chat_id));
  }
  for (const type of ['chat_added', 'chat_updated', 'chat_removed', 'chat_reset'] as const) {
    to.on(type, ({ chat_id }) => messagesChanged(chat_id));
  }
  for (const type of ['member_added', 'member_updated', 'member_removed', 'unread'] as const) {
    to.on(type, ({ chat_id }) => chatChanged(chat_id));
  }
  to.on('outbox', ({ entry }) => messagesChanged(entry.chat_id));
  to.on('typing', ({ chat_id }) => typingVersions.touch(chat_id));
  to.on('presence', ({ user_id }) => presenceVersions.touch(user_id));
  to.on('connection', ({ state, before }) => {
    if (to !== client) return;
    batch(() => {
      connection.value = state;
      retryAt.value = to.retryAt;
    });
    if (state.name === 'online' && before.name !== 'online') cameOnline();
  });
  to.on('error', ({ error }) => console.error('Confab:', error));
}

function cameOnline(): void {
  refreshMe();
  refreshOutbox();
}

function refreshMe(): void {
  const asked = client;
  asked.api.me().then(
    (found) => {
      if (asked === client && phase.value === 'signed-in') me.value = found;
    },
    () => {},
  );
}

function ended(how: SessionEnd): void {
  forgetHabits();
  keepFace(null);
  batch(() => {
    ending.value = how;
    me.value = null;
    faceBefore.value = null;
    phase.value = 'signed-out';
  });
}

/** Shows what earlier visits left, then connects. Resolves as soon as there is something to show. */
async function start(): Promise<void> {
  const wasEnded = isWipeDue();
  await wipe();
  if (!(await client.isSignedIn())) return ended(wasEnded ? 'ended' : ending.value);
  faceBefore.value = keptFace();
  const starting = client;
  await starting.load();
  // Another tab may have found meanwhile that the session is over.
  if (starting === client) enter();
}

function enter(): void {
  batch(() => {
    ending.value = 'left';
    phase.value = 'signed-in';
  });
  // What this browser kept is shown without any event.
  client.load().then(showAll, () => {});
  // It goes on trying by itself; only the end of the session ends it, which comes as an event.
  client.connect().catch(() => {});
}

function showAll(): void {
  chatVersions.touchAll();
  messageVersions.touchAll();
}

async function signIn(username: string, password: string): Promise<void> {
  await wipe();
  me.value = await client.login(username, password);
  enter();
}

async function register(account: Parameters<Client['register']>[0]): Promise<void> {
  await wipe();
  me.value = await client.register(account);
  enter();
}

/** What is done before a session ends by its user's wish. */
const farewells = new Set<() => Promise<void>>();
/** The session ends then, whatever hangs. */
const FAREWELL_MS = 5_000;

async function farewell(): Promise<void> {
  const all = Promise.allSettled([...farewells].map((run) => run()));
  const tooLong = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
  await Promise.race([all, tooLong]);
}

async function signOut(): Promise<void> {
  await farewell();
  leaving = client;
  await client.logout();
  ended('left');
  void renewClient();
}

/** Another tab let go of the session that all of them share. */
function left(): void {
  if (phase.value === 'signed-in') end('left');
}

/** Another tab found that somebody ended the session: what this one wrote after that one had wiped goes, too. */
function wipedBy(userId: UserId | 0): void {
  if (ending.value === 'ended' || isSessionKept()) return;
  wipeSoon(userId);
  end('ended');
}

/** What other tabs do to the session that all of them share, and the network of this machine. */
function followBrowser(): void {
  // The socket would find out only later.
  window.addEventListener('offline', () => client.reconnect());
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === WIPE_KEY && newValue !== null) wipedBy(Number(newValue) as UserId);
    if (key !== SESSION_KEY) return;
    if (newValue === null) left();
    else if (phase.value === 'signed-out') {
      void renewClient();
      void start();
    }
  });
  // A page that the browser had put aside may be of a session that is over, or of somebody else's.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  document.addEventListener('visibilitychange', () => {
    client.setAway(document.hidden);
    // A tab that ended without a word may have left something in the outbox.
    if (!document.hidden) refreshOutbox();
  });
}

/**
 * The session of this page, and what the SDK holds of it. All that is read here while rendering is
 * followed: the component is rendered anew when it changes.
 */
export const session = {
  get client(): Client {
    return client;
  },
  phase: phase as ReadonlySignal<Phase>,
  isKept: isKept as ReadonlySignal<boolean>,
  retryAt: retryAt as ReadonlySignal<number | null>,
  ending: ending as ReadonlySignal<SessionEnd>,
  connection: connection as ReadonlySignal<ConnectionState>,
  /** The signed-in user; null until it is known. Written by who changes the profile. */
  me,
  /** What is shown of the signed-in user, also before the server was asked. */
  face: face as ReadonlySignal<OwnFace | null>,
  start,
  followBrowser,
  onClient,
  signIn,
  register,
  signOut,
  beforeWipe: (run: () => Promise<void>) => void partings.add(run),
  beforeSignOut: (run: () => Promise<void>) => void farewells.add(run),
  /** What the SDK holds of a chat is to be shown otherwise, though no event of its own tells it. */
  touchChat: messagesChanged,

  chats(): Chat[] {
    chatVersions.follow(LIST);
    return client.chats();
  },
  chat(chatId: ChatId): Chat | undefined {
    chatVersions.follow(chatId);
    return client.chat(chatId);
  },
  members(chatId: ChatId): ChatMember[] {
    chatVersions.follow(chatId);
    return client.members(chatId);
  },
  member(chatId: ChatId, userId: UserId): ChatMember | undefined {
    chatVersions.follow(chatId);
    return client.member(chatId, userId);
  },
  /** The newest messages; see `history` of the client for older ones. */
  messages(chatId: ChatId): Message[] {
    messageVersions.follow(chatId);
    return client.messages(chatId);
  },
  pending(chatId: ChatId): ReturnType<Client['pending']> {
    messageVersions.follow(chatId);
    return client.pending(chatId);
  },
  typists(chatId: ChatId): ReturnType<Client['typists']> {
    typingVersions.follow(chatId);
    return client.typists(chatId);
  },
  presence(userId: UserId): Presence | undefined {
    presenceVersions.follow(userId);
    return client.presence(userId);
  },
};
