import type { Chat, ChatId, Envelope, Message, UserId } from '@confab/protocol';
import {
  type Cipher,
  cannotEncrypt,
  type FileDescription,
  type OpenCommand,
  type SealedFile,
  type SendCommand,
  type Statement,
} from '../cipher';
import type { ConfabClient } from '../client';
import { Emitter, type Unsubscribe } from '../emitter';
import { ClientError } from '../errors';
import type { FileInput } from '../media/source';
import type { Draft } from '../outbox/entry';
import { type Runtime, webRuntime } from '../runtime';
import type { KeyStore } from '../store/key-store';
import type { Kdf } from './backup/argon2';
import { Contacts } from './contacts';
import { apiKeyServer } from './engine/api-key-server';
import type { ChatCrypto } from './engine/chat-crypto';
import { Engine } from './engine/engine';
import type { EngineEvents } from './engine/engine-events';
import type { LocalHit } from './engine/local-search';
import { contentOfRecord, mustBeAsOpened, statementOfRecord } from './engine/opened';
import type { DeviceState, OwnDevices, Recovery } from './engine/own-devices';
import { type MessageView, viewOf } from './engine/view';
import { Refusal } from './errors';
import { Follower } from './follower';
import type { DeviceKeys } from './keys/device-keys';
import { clientFileServer } from './media/client-file-server';
import { EncryptedFiles, sealFile } from './media/encrypted-files';
import { mustBeDeletable } from './messages/deletion';
import { readEnvelope } from './messages/envelope';
import { bodyOf, editedBody, mustBeSealed, sealedCommand } from './outgoing';
import { safely, withoutInternals } from './shown-fault';

export interface EncryptionOptions {
  /** Keeps keys and opened messages: one for each user and device. */
  readonly store: KeyStore;
  readonly runtime?: Partial<Runtime>;
  /** Makes a device's keys; RSA of 3072 bits by default. */
  readonly makeKeys?: () => Promise<DeviceKeys>;
  /** Argon2id on the same thread by default; in pages `argon2InWorker`, which does not block them. */
  readonly kdf?: Kdf;
}

/** How many messages could be opened, and why others could not. */
export interface EncryptionStats {
  readonly opened: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly waiting: number;
}

/** How often this device looks whether it was let in, milliseconds, should the event be lost. */
const LOOK_MS = 5_000;

/**
 * End-to-end encryption for a ConfabClient: `client.use(encryption)`, sign in, `start`. From there
 * `client.send` encrypts in encrypted chats, and `view` tells what came.
 */
export class Encryption implements Cipher {
  readonly #options: EncryptionOptions;
  readonly #runtime: Runtime;
  readonly #events: Emitter<EngineEvents>;
  #client: ConfabClient | null = null;
  #engine: Engine | null = null;
  #opening: Promise<Engine> | null = null;
  #follower: Follower | null = null;

  constructor(options: EncryptionOptions) {
    this.#options = options;
    this.#runtime = { ...webRuntime(), ...options.runtime };
    this.#events = new Emitter((fault) => queueMicrotask(() => Promise.reject(fault)));
  }

  on<T extends keyof EngineEvents>(
    type: T,
    listener: (event: EngineEvents[T]) => void,
  ): Unsubscribe {
    return this.#events.on(type, listener);
  }

  /**
   * Looks what this device is among its user's devices: `off`: call `setUp`; `needs_approval`:
   * `recover` or `requestApproval`; `ready`: nothing to do.
   */
  async start(): Promise<DeviceState> {
    return safely(async () => {
      const state = await (await this.#opened()).start();
      if (state === 'ready') await this.#follower?.sweep();
      return state;
    });
  }

  /** Stops the timers. */
  stop(): void {
    this.#engine?.stop();
  }

  /** Forgets the keys of this device and all that was opened: when its user signs out for good. */
  async forget(): Promise<void> {
    await this.#engine?.forget();
    this.#engine = null;
    this.#opening = null;
  }

  // This device

  /** Makes the user's keys. The recovery key is shown once: this is the time to write it down. */
  async setUp(name: string, passphrase?: string): Promise<{ recoveryKey: string | null }> {
    const made = await safely(() => this.devices.setUp(name, passphrase));
    await this.start();
    return made;
  }

  /**
   * Lets this device in by the recovery key or the passphrase: the whole history opens. A device that
   * is in already keeps the backup from then on, when another one had changed the recovery key.
   */
  async recover(name: string, recovery: Recovery): Promise<void> {
    await safely(() => this.devices.recover(name, recovery));
    await this.start();
  }

  /** Begins again when every device and the recovery key are lost; what was written stays closed. */
  async resetIdentity(name: string, passphrase?: string): Promise<{ recoveryKey: string | null }> {
    const made = await safely(() => this.devices.resetIdentity(name, passphrase));
    await this.start();
    return made;
  }

  /** Resolves once another device let this one in. @throws Refusal `not_allowed` when it did not */
  async waitForGrant(): Promise<void> {
    for (;;) {
      const answer = await this.devices.takeGrant();
      if (answer === 'ready') break;
      if (answer !== 'pending') {
        // It may have come in by the recovery key meanwhile.
        if (await this.devices.isIn()) break;
        throw new Refusal('not_allowed', 'This device was not let in');
      }
      await this.#nextApproval();
    }
    await this.start();
  }

  /** Takes a device off the list of one's devices: it reads nothing that is written from then on. */
  removeDevice(deviceId: string): Promise<void> {
    return this.#started().removeDevice(deviceId);
  }

  /** Whether this device is let in and everything works, as far as is known without asking. */
  get isReady(): boolean {
    return this.#engine?.isReady ?? false;
  }

  /** This device's id on the signed list; null before it was set up. */
  get deviceId(): string | null {
    return this.#engine?.devices.secrets?.device.listed.device_id ?? null;
  }

  /** Approving devices, and recovery keys: see `OwnDevices`. */
  get devices(): OwnDevices {
    return this.#started().devices;
  }

  /** Safety numbers, verifying and accepting changed keys. */
  get contacts(): Contacts {
    const { peers, devices, user } = this.#started();
    return new Contacts({ peers, user, identity: () => devices.secrets?.identity?.public ?? null });
  }

  // Chats

  /** The encrypted direct chat with somebody, beside the plain one if there is one. */
  async openDirect(userId: UserId): Promise<Chat> {
    const client = this.#clientOrThrow();
    const chat = await client.api.createDirect({ user_id: userId, is_encrypted: true });
    const others = userId === this.#started().user ? [] : [userId];
    return this.#sign(chat, others, false);
  }

  /** `share`: who joins later can read everything. That cannot be changed afterwards. */
  async createGroup(
    name: string,
    memberIds: readonly UserId[],
    { share = false }: { readonly share?: boolean } = {},
  ): Promise<Chat> {
    const client = this.#clientOrThrow();
    const body = { name, member_ids: [...memberIds], is_encrypted: true };
    return this.#sign(await client.api.createGroup(body), memberIds, share);
  }

  /** Members of an encrypted chat are changed here: the server's word alone gives nobody keys. */
  async members(chatId: ChatId): Promise<ChatCrypto['members']> {
    return (await this.#started().chat(chatId)).members;
  }

  // Messages

  /** What of a message may be shown, without waiting. */
  view(message: Message): MessageView {
    if (!this.#isEncryptedMessage(message)) return { state: 'plain' };
    return viewOf(message, this.#engine?.loaded(message.chat_id)?.opened);
  }

  /** The files of encrypted messages, by what `view` tells of them in `media`. */
  get files(): EncryptedFiles {
    return new EncryptedFiles(clientFileServer(this.#clientOrThrow()));
  }

  /** Opens messages that did not come by events, such as a page of search results. */
  async take(messages: readonly Message[]): Promise<void> {
    await this.#follower?.take(messages);
  }

  /** Finds messages of encrypted chats among those that were opened here; the server cannot. */
  search(query: string, chatId?: ChatId): Promise<LocalHit[]> {
    return this.#started().search.search(query, chatId);
  }

  /** How many messages could not be opened, by reason. In a healthy system none. */
  stats(): EncryptionStats {
    const chats = this.#engine?.allLoaded() ?? [];
    const outcomes = chats.flatMap((chat) => chat.opened.all().map(({ outcome }) => outcome));
    const refused: Record<string, number> = {};
    for (const one of outcomes) {
      if (one.state === 'refused') refused[one.reason] = (refused[one.reason] ?? 0) + 1;
    }
    return {
      opened: outcomes.filter((one) => one.state === 'opened').length,
      refused,
      waiting: chats.reduce((sum, chat) => sum + chat.inbox.waiting, 0),
    };
  }

  // As a client's cipher

  attach(client: ConfabClient): void {
    this.#client = client;
    this.#follower = new Follower(client, () => this.#engine, this.#events);
  }

  async ready(): Promise<void> {
    await safely(() => this.#opened());
  }

  isEncrypted(chatId: ChatId): boolean {
    return this.#engine?.isPinned(chatId) ?? false;
  }

  async check(chatId: ChatId, draft: Draft): Promise<void> {
    mustBeSealed(draft);
    await this.#asClientError(async () => {
      const engine = await this.#able();
      const { log } = await engine.chat(chatId);
      for (const user of log.members?.members.keys() ?? []) {
        if (!(await engine.peers.isSuspect(user))) continue;
        throw new Refusal('identity_changed', 'The keys of a contact whom you verified changed');
      }
    });
  }

  sealFile(file: FileInput, description: FileDescription): Promise<SealedFile> {
    return sealFile(file, description);
  }

  seal(command: OpenCommand): Promise<SendCommand> {
    return this.#asClientError(async () => {
      const client = this.#clientOrThrow();
      const chatId = command.chat_id as ChatId;
      const answered = client.messages(chatId).find(({ id }) => id === command.reply_to_id);
      const crypto = await (await this.#able()).chat(chatId);
      // What was opened counts: the server could tell the message as another one since.
      const opened = answered && crypto.opened.get(answered.id);
      const { envelope } = await crypto.seal(bodyOf(command, client.members(chatId)), {
        clientMessageId: String(command.client_message_id),
        replyTo: opened?.clientMessageId ?? answered?.client_message_id ?? undefined,
      });
      return sealedCommand(command, envelope);
    });
  }

  checkStatement(message: Message, { kind }: Statement): Promise<void> {
    return this.#asClientError(async () => {
      const engine = await this.#able();
      const { opened, log } = await engine.chat(message.chat_id);
      mustBeAsOpened(opened.get(message.id), message);
      if (kind === 'deletion') mustBeDeletable(log.members, engine.user, message.sender_id);
    });
  }

  sealEdit(message: Message, content: string): Promise<Envelope> {
    return this.#asClientError(async () => {
      const members = this.#clientOrThrow().members(message.chat_id);
      const crypto = await (await this.#able()).chat(message.chat_id);
      if (!crypto.opened.get(message.id)) await this.take([message]);
      const before = crypto.opened.get(message.id);
      mustBeAsOpened(before, message);
      const body = editedBody(message, content, before && contentOfRecord(before), members);
      const { envelope } = await crypto.seal(body, {
        clientMessageId: this.#runtime.uuid(),
        edits: message.client_message_id ?? undefined,
        replyTo: before?.replyTo ?? undefined,
      });
      return envelope;
    });
  }

  async stale(chatId: ChatId, envelope: Envelope): Promise<void> {
    const { sending } = await this.#started().chat(chatId);
    sending.refused(readEnvelope(envelope).header.epoch);
  }

  shown(chat: Chat): Chat {
    const opened = this.#engine?.loaded(chat.id)?.opened;
    if (!opened || chat.unread_count === 0) return chat;
    const readSeq = chat.last_seq - chat.unread_count;
    const hidden = opened.all().filter((one) => one.seq > readSeq && statementOfRecord(one));
    return { ...chat, unread_count: Math.max(0, chat.unread_count - hidden.length) };
  }

  async #sign(chat: Chat, others: readonly number[], share: boolean): Promise<Chat> {
    const engine = this.#started();
    await engine.pin(chat.id);
    await (await engine.chat(chat.id)).members.create(others, share);
    return this.#client?.chat(chat.id) ?? chat;
  }

  /** Reads what earlier runs kept, once. */
  #opened(): Promise<Engine> {
    this.#opening ??= this.#open(this.#clientOrThrow()).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** What waited in the outbox may leave before the app came to call `start`. */
  async #able(): Promise<Engine> {
    const engine = await this.#opened();
    if (!engine.isReady) await engine.start();
    return engine;
  }

  async #open(client: ConfabClient): Promise<Engine> {
    const { store, makeKeys, kdf } = this.#options;
    const server = apiKeyServer(client.api);
    const user = client.userId === 0 ? (await client.api.me()).id : client.userId;
    const runtime = this.#runtime;
    const parts = { server, chats: server, events: this.#events };
    this.#engine = await Engine.open({ user, store, runtime, makeKeys, kdf, ...parts });
    return this.#engine;
  }

  #isEncryptedMessage({ chat_id, is_encrypted, envelope, content_type }: Message): boolean {
    // What the server itself says stands in every chat, and is its word.
    if (content_type === 'system') return false;
    const isKnown = this.isEncrypted(chat_id) || this.#client?.chat(chat_id)?.is_encrypted;
    return is_encrypted || isKnown === true || Boolean(envelope);
  }

  /** Resolves at the next word on an approval, or after a while. */
  #nextApproval(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        cancel();
        resolve();
      };
      const stop = this.#clientOrThrow().on('encryption', done);
      const cancel = this.#runtime.setTimer(done, LOOK_MS);
    });
  }

  #clientOrThrow(): ConfabClient {
    if (this.#client) return this.#client;
    throw cannotEncrypt('Pass this to `client.use` first');
  }

  #started(): Engine {
    if (this.#engine) return this.#engine;
    throw cannotEncrypt('Encryption was not started');
  }

  async #asClientError<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw withoutInternals(error);
      if (error.reason !== 'identity_changed') throw cannotEncrypt(error.message, error);
      throw new ClientError('identity_changed', error.message, { cause: error });
    }
  }
}
