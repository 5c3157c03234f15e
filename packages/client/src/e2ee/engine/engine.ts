import type { Emitter } from '../../emitter';
import { ClientError } from '../../errors';
import type { Runtime } from '../../runtime';
import type { KeyStore } from '../../store/key-store';
import type { Kdf } from '../backup/argon2';
import type { BackupContent } from '../backup/content';
import { readList } from '../devices/device-list';
import { fromBase64Url } from '../encoding';
import { Refusal } from '../errors';
import type { DeviceKeys } from '../keys/device-keys';
import { importUnwrappingKey } from '../keys/wrapping';
import { withoutInternals } from '../shown-fault';
import { BackupKeeper } from './backup-keeper';
import { ChatCrypto, type CryptoContext } from './chat-crypto';
import { EPOCHS, storedKeys, storeKeys } from './chat-epochs';
import type { ChatServer } from './chat-server';
import { DeviceRoster } from './device-roster';
import type { EngineEvents } from './engine-events';
import { INTENTS } from './intents';
import type { KeyServer } from './key-server';
import { LocalSearch } from './local-search';
import { type OpenedStore, SealedOpenedStore } from './opened-store';
import type { SiblingKey } from './own-device';
import { type DeviceState, OwnDevices } from './own-devices';
import { contentOf, OWN, usableDevice } from './own-secrets';
import { PEERS, PeerBook } from './peer-book';
import { SealedStore } from './sealed-store';

export interface EngineOptions {
  readonly user: number;
  readonly events: Emitter<EngineEvents>;
  readonly server: KeyServer;
  readonly chats: ChatServer;
  readonly store: KeyStore;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  /** Makes a device's keys; RSA of 3072 bits by default. */
  readonly makeKeys?: (() => Promise<DeviceKeys>) | undefined;
  /** Argon2id by default. */
  readonly kdf?: Kdf | undefined;
}

/** Chats that were left meanwhile are no failure. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ClientError) || error.code !== 'not_found') throw error;
}

const PINS = 'pinned/';

/** End-to-end encryption for one user on one device, whatever carries its messages. */
export class Engine {
  readonly events: Emitter<EngineEvents>;
  readonly peers: PeerBook;
  readonly devices: OwnDevices;
  readonly backup: BackupKeeper;
  readonly search: LocalSearch;
  readonly #options: EngineOptions;
  readonly #store: SealedStore;
  readonly #opened: OpenedStore;
  readonly #chats = new Map<number, Promise<ChatCrypto>>();
  readonly #loadedChats = new Map<number, ChatCrypto>();
  readonly #pinned = new Set<number>();
  #context: CryptoContext | null = null;
  #unwatch = () => {};
  #siblings: { count: number; keys: Promise<readonly SiblingKey[]> } | null = null;

  private constructor(options: EngineOptions, store: SealedStore) {
    this.#options = options;
    this.#store = store;
    this.events = options.events;
    this.peers = this.#makePeers();
    this.devices = this.#makeDevices();
    this.backup = this.#makeBackup();
    this.#opened = new SealedOpenedStore(store);
    this.search = new LocalSearch(this.#opened);
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options, await SealedStore.open(options.store));
    await engine.devices.load();
    for (const name of await engine.#store.names(PINS)) {
      engine.#pinned.add(Number(name.slice(PINS.length)));
    }
    engine.#unwatch = engine.#store.watch((name) => {
      void engine.#changedElsewhere(name).catch(engine.fault);
    });
    return engine;
  }

  get user(): number {
    return this.#options.user;
  }

  /** Looks what this device is among its user's devices; with `ready` everything works. */
  async start(): Promise<DeviceState> {
    const state = await this.#state();
    await this.#become(state);
    return state;
  }

  get isReady(): boolean {
    return this.#context !== null;
  }

  /** @throws Refusal `unknown_device` while this device was not let in */
  chat(id: number): Promise<ChatCrypto> {
    const held = this.#chats.get(id);
    if (held) return held;
    const context = this.#context;
    if (!context) {
      return Promise.reject(new Refusal('unknown_device', 'This device cannot encrypt yet'));
    }
    const loading = this.#load(id, context);
    this.#chats.set(id, loading);
    loading.catch(() => this.#chats.delete(id));
    return loading;
  }

  /** A chat that was used already, without waiting. */
  loaded(id: number): ChatCrypto | undefined {
    return this.#loadedChats.get(id);
  }

  allLoaded(): ChatCrypto[] {
    return [...this.#loadedChats.values()];
  }

  /** Whether a chat was ever known to be encrypted: the server cannot take that back. */
  isPinned(id: number): boolean {
    return this.#pinned.has(id);
  }

  async pin(id: number): Promise<void> {
    if (this.#pinned.has(id)) return;
    this.#pinned.add(id);
    await this.#store.put(PINS + id, true);
  }

  /** The chats in which a crash left a change half done. */
  async unfinished(): Promise<number[]> {
    const names = await this.#store.names(INTENTS);
    return names.map((name) => Number(name.slice(INTENTS.length)));
  }

  /** Somebody's devices or identity may have changed; everybody's, without one. */
  async peerChanged(user?: number): Promise<void> {
    this.peers.outdated(user);
    if (user === this.user) await this.start();
    for (const chat of await this.#loaded()) chat.sending.outdated();
  }

  /** A chat's members, log or epochs may have changed. */
  async chatChanged(id: number): Promise<void> {
    if (this.#context) await (await this.chat(id)).refresh();
  }

  /** Anything may have changed while nobody was connected. */
  async reconnected(): Promise<void> {
    this.peers.outdated();
    if ((await this.start()) !== 'ready') return;
    for (const chat of await this.#loaded()) await chat.refresh().catch(unlessGone);
    await this.backup.exchange();
  }

  /**
   * Takes a device off the list, after fetching whatever was wrapped to it alone: afterwards the
   * server gives that to nobody, and the user's other devices find it in the backup.
   */
  async removeDevice(deviceId: string): Promise<void> {
    for (const id of await this.#knownChats()) await this.chatChanged(id).catch(unlessGone);
    await this.backup.exchange();
    await this.devices.removeDevice(deviceId);
  }

  /** Stops the timers; what was to be backed up is at the next start. */
  stop(): void {
    this.backup.stop();
  }

  /** Forgets the keys of this device and everything that was opened. */
  async forget(): Promise<void> {
    this.stop();
    this.#unwatch();
    this.#close();
    this.#pinned.clear();
    await this.#store.clear();
  }

  readonly fault = (error: unknown): void => {
    const shown = withoutInternals(error);
    if (this.events.has('error')) this.events.emit('error', { error: shown });
    else queueMicrotask(() => Promise.reject(shown));
  };

  /** Another tab of the same device keeps its keys in the same store. */
  async #changedElsewhere(name: string): Promise<void> {
    if (name.startsWith(PINS)) this.#pinned.add(Number(name.slice(PINS.length)));
    if (name.startsWith(PEERS)) await this.peers.changedElsewhere(Number(name.slice(PEERS.length)));
    if (name !== OWN) return;
    await this.devices.load();
    const { secrets } = this.devices;
    if (secrets?.stage === 'joined') await this.start();
    // Its user signed out there for good.
    if (!secrets) await this.#become('needs_approval');
  }

  /** Forgets what chats hold in memory, and their keys. */
  #close(): void {
    this.backup.stop();
    this.#context = null;
    this.#chats.clear();
    this.#loadedChats.clear();
  }

  /** Without a network things are as they were. */
  async #state(): Promise<DeviceState> {
    try {
      return await this.devices.state();
    } catch (error) {
      const isOffline = error instanceof ClientError && error.temporary;
      if (isOffline && this.devices.secrets?.stage === 'joined') return 'ready';
      throw error;
    }
  }

  async #load(id: number, context: CryptoContext): Promise<ChatCrypto> {
    const chat = await ChatCrypto.load(id, context);
    this.#loadedChats.set(id, chat);
    return chat;
  }

  /** Who holds the identity of this user's own that this device signs with. */
  async #become(state: DeviceState): Promise<void> {
    const { secrets } = this.devices;
    if (state === 'ready' && secrets?.identity) {
      await this.peers.peer(this.user);
      await this.peers.verify(this.user, secrets.identity.public);
      // Who began anew here goes on as another device.
      if (this.#context?.own.deviceId !== secrets.device.listed.device_id) this.#close();
      this.#context ??= await this.#makeContext();
    } else {
      this.#close();
    }
    this.events.emit('state', { state });
  }

  async #makeContext(): Promise<CryptoContext> {
    const { server, chats, runtime } = this.#options;
    const { secrets } = this.devices;
    if (!secrets) throw new Refusal('unknown_device', 'This device has no keys');
    return {
      own: await usableDevice(secrets),
      siblings: () => this.#siblingKeys(),
      server,
      chats,
      store: this.#store,
      opened: this.#opened,
      peers: this.peers,
      now: () => runtime.now(),
      setTimer: runtime.setTimer,
      onOpened: (chat_id, record) => {
        this.search.update(chat_id, record);
        this.events.emit('opened', { chat_id, message_id: record.id });
      },
      onEpochRefused: (chat_id, epoch, { reason }) =>
        this.events.emit('epoch_refused', { chat_id, epoch, reason }),
      onKeys: () => this.backup.touch(),
      onFault: this.fault,
    };
  }

  #siblingKeys(): Promise<readonly SiblingKey[]> {
    const others = this.devices.secrets?.others ?? [];
    if (this.#siblings?.count !== others.length) {
      const keys = others.map(async ({ device_id, private_key }) => ({
        deviceId: device_id,
        unwrappingKey: await importUnwrappingKey(fromBase64Url(private_key)),
      }));
      this.#siblings = { count: others.length, keys: Promise.all(keys) };
    }
    return this.#siblings.keys;
  }

  async #knownChats(): Promise<number[]> {
    const names = await this.#store.names(EPOCHS);
    return [
      ...new Set([...this.#pinned, ...names.map((name) => Number(name.slice(EPOCHS.length)))]),
    ];
  }

  #loaded(): Promise<ChatCrypto[]> {
    return Promise.all(this.#chats.values());
  }

  #makePeers(): PeerBook {
    return new PeerBook({
      server: this.#options.server,
      store: this.#store,
      onKeyChanged: ({ user, wasVerified }) =>
        this.events.emit('key_changed', { user_id: user, was_verified: wasVerified }),
      onRefused: (user_id, { reason }) => this.events.emit('list_refused', { user_id, reason }),
    });
  }

  #makeDevices(): OwnDevices {
    const { user, server, makeKeys, kdf } = this.#options;
    const roster = new DeviceRoster({
      user,
      server,
      known: async () => (await this.peers.held(user))?.list.text ?? null,
      onList: async (list) => {
        await this.peers.learn(user, list);
        await this.peers.verify(user, readList(list.text).identity_key);
        for (const chat of await this.#loaded()) chat.sending.outdated();
      },
    });
    return new OwnDevices({
      user,
      server,
      store: this.#store,
      roster,
      epochs: () => this.#allKeys(),
      restore: (epochs) => this.#restore(epochs),
      replaceBackup: () => this.backup.replace(),
      makeKeys,
      kdf,
    });
  }

  #makeBackup(): BackupKeeper {
    return new BackupKeeper({
      server: this.#options.server,
      source: {
        user: this.user,
        content: async () => {
          const { secrets } = this.devices;
          if (!secrets?.identity || !secrets.backup) return null;
          const { identity, backup: key } = secrets;
          return { content: contentOf({ ...secrets, identity }, await this.#allKeys()), key };
        },
        absorb: (content) => this.devices.absorb(content),
      },
      setTimer: (callback, ms) => this.#options.runtime.setTimer(callback, ms),
      onLocked: () => this.events.emit('backup_locked', {}),
      onFault: this.fault,
    });
  }

  async #allKeys(): Promise<BackupContent['epochs']> {
    const names = await this.#store.names(EPOCHS);
    const all = await Promise.all(
      names.sort().map(async (name) => [name, await storedKeys(this.#store, name)] as const),
    );
    return Object.fromEntries(all.map(([name, keys]) => [name.slice(EPOCHS.length), keys]));
  }

  async #restore(epochs: BackupContent['epochs']): Promise<void> {
    for (const [chat, keys] of Object.entries(epochs)) {
      const loaded = await this.#chats.get(Number(chat));
      if (loaded) await loaded.epochs.restore(keys);
      else await storeKeys(this.#store, Number(chat), keys);
    }
  }
}
