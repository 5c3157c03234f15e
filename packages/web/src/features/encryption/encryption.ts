import { ClientError, type ConfabClient } from '@confab/client';
import type { DeviceState, Encryption } from '@confab/client/e2ee';
import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import { session } from '../../state/session';
import type { ChatId, UserId } from '../../state/types';
import { forgetKeys, mayHaveKeys } from '../../storage/leavings';
import { ask, closeDialogs } from './dialogs';
import { findRequests, followEvents } from './events';
import { LateCipher } from './late-cipher';
import { Pins } from './pins';
import { openedVersions } from './versions';

/**
 * `idle`: nothing here is encrypted, and nothing is loaded. `off`: this user has no keys yet.
 * `needs_approval`: they have, and this browser is not among their devices. `failed`: it is tried
 * again with the next connection.
 */
export type EncryptionState = 'idle' | 'starting' | 'failed' | DeviceState;

const state = signal<EncryptionState>('idle');
const loaded = signal<Encryption | null>(null);

/** Of one session: it ends when its user signs out. */
interface Attached {
  readonly client: ConfabClient;
  pins: Pins | null;
  starting: Promise<Encryption> | null;
}

let attached: Attached | null = null;
/** Whoever signs out here: a session that ends otherwise may go on with the same keys. */
let leaving: UserId | null = null;
/** When the last session's encryption holds nothing any more. */
let detached = Promise.resolve();
/** What is forgotten with the keys. */
const endings = new Set<() => void>();

/** Calls back when a session ends: what was opened in it goes. */
export const whenSessionEnds = (run: () => void): void => void endings.add(run);

export const encryptionState = state as ReadonlySignal<EncryptionState>;

/** What is loaded of it; null before. Followed by whoever renders it. */
export const encryption = loaded as ReadonlySignal<Encryption | null>;

function pinsOf(to: Attached): Pins | null {
  const { userId } = to.client;
  if (to.pins === null && userId !== 0) to.pins = new Pins(userId);
  return to.pins;
}

/** Loads the encryption and looks what this browser is among its user's devices. */
export function startEncryption(): Promise<Encryption> {
  const to = attached;
  if (!to) return Promise.reject(new ClientError('signed_out', 'Nobody is signed in'));
  to.starting ??= start(to).catch((fault: unknown) => {
    to.starting = null;
    if (to === attached) state.value = 'failed';
    throw fault;
  });
  return to.starting;
}

/**
 * The encryption once this browser takes part in it: whoever has no keys, or whose browser has none, is
 * led to them. @returns null when the user does not want that
 */
export async function takePart(): Promise<Encryption | null> {
  const made = await startEncryption();
  if (state.value === 'off' && !(await ask({ kind: 'set-up' }))) return null;
  if (state.value === 'needs_approval') await ask({ kind: 'let-in' });
  return state.value === 'ready' ? made : null;
}

async function start(to: Attached): Promise<Encryption> {
  if (state.value === 'idle') state.value = 'starting';
  const made = loaded.value ?? (await open(to.client));
  if (to !== attached) throw new ClientError('closed', 'Somebody else signed in meanwhile');
  loaded.value = made;
  const found = await made.start();
  if (to !== attached) throw new ClientError('closed', 'Somebody else signed in meanwhile');
  batch(() => {
    state.value = found;
    openedVersions.touchAll();
  });
  if (found === 'ready') findRequests().catch(() => {});
  return made;
}

async function open(client: ConfabClient): Promise<Encryption> {
  // The keys of a session before, of the same user even, are still being taken away.
  await detached;
  const [{ openEncryption }, userId] = await Promise.all([
    import('./open-encryption'),
    client.userId === 0 ? client.api.me().then(({ id }) => id) : client.userId,
  ]);
  const made = openEncryption(client, userId);
  followEvents(made, (now) => {
    if (loaded.value !== made) return;
    state.value = now;
    openedVersions.touchAll();
  });
  return made;
}

function attach(client: ConfabClient): void {
  if (attached?.client === client) return;
  const to: Attached = { client, pins: null, starting: null };
  attached = to;
  client.use(
    new LateCipher({
      load: startEncryption,
      takePart,
      loaded: () => loaded.peek(),
      isKnown: (chatId) => pinsOf(to)?.has(chatId) ?? false,
      resolve: (chatId) => ask({ kind: 'blocked', chatId }),
    }),
  );
}

/**
 * Forgets what is in memory; of whoever signs out also the keys, which then are on other devices alone.
 * Those of a session that somebody ended go with all else that it left.
 */
async function detach(): Promise<void> {
  const [made, left, user] = [loaded.value, attached, leaving];
  leaving = null;
  attached = null;
  batch(() => {
    state.value = 'idle';
    loaded.value = null;
  });
  made?.stop();
  closeDialogs();
  for (const run of endings) run();
  if (user === null && session.ending.peek() !== 'ended') return;
  if (left) pinsOf(left)?.clear();
  await made?.forget();
  // They may be there though nothing was loaded.
  if (user !== null) await forgetKeys(user);
}

/** Keys that nothing needed so far are found before their user signs out: they go, and have to be told of. */
export async function findKeys(): Promise<void> {
  if (state.peek() !== 'idle') return;
  if (await mayHaveKeys(session.client.userId)) await startEncryption();
}

/** A device that nobody uses any more is taken off the list, unless it is the only one. */
async function takeOffTheList(): Promise<void> {
  leaving = session.client.userId;
  await findKeys().catch(() => {});
  const made = loaded.value;
  if (!made || state.value !== 'ready' || made.deviceId === null) return;
  const devices = await made.contacts.devices(session.client.userId);
  if (devices.length > 1) await made.removeDevice(made.deviceId);
}

function followSession(): void {
  if (session.phase.value === 'signed-in') attach(session.client);
  else if (attached) detached = detach().catch(() => {});
}

/** Loads it as soon as there is something encrypted, here or in another tab. */
function followChats(): void {
  if (session.phase.value !== 'signed-in' || !attached) return;
  const encrypted = session.chats().filter((chat) => chat.is_encrypted);
  const pins = pinsOf(attached);
  pins?.add(encrypted.map(({ id }) => id));
  const isNeeded = encrypted.length > 0 || pins?.isEmpty === false;
  if (isNeeded && state.peek() === 'idle') startEncryption().catch(() => {});
}

function followConnection(): void {
  if (session.connection.value.name !== 'online') return;
  if (state.peek() === 'failed') startEncryption().catch(() => {});
}

/** Lets the sessions of this page take part in encrypted chats. */
export function followEncryption(): void {
  effect(followSession);
  effect(followChats);
  effect(followConnection);
  session.beforeSignOut(takeOffTheList);
  session.beforeWipe(() => detached);
}

/** Whether a chat is encrypted, by what is known here. Followed by whoever renders it. */
export const isEncrypted = (chatId: ChatId): boolean =>
  session.chat(chatId)?.is_encrypted === true || wasEncrypted(chatId);

/** Whether it ever was, whatever the server says of it now: without following the chat and its messages. */
export function wasEncrypted(chatId: ChatId): boolean {
  if (attached && pinsOf(attached)?.has(chatId)) return true;
  return loaded.value?.isEncrypted(chatId) ?? false;
}
