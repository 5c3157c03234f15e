import type { ChatId, ChatMember, EventBody, ServerFrame } from '@confab/protocol';
import { type Cipher, sealing } from './cipher';
import { Connection } from './connection/connection';
import type { ConnectionState } from './connection/machine';
import { TokenRefresher } from './connection/token-refresher';
import { Emitter } from './emitter';
import { CommandError } from './errors';
import type { ClientEvents } from './events';
import { MediaLinks } from './media/links';
import type { UploadStore } from './media/upload-store';
import { Uploads } from './media/uploads';
import { MuteWatch } from './mute-watch';
import type { OutboxStore } from './outbox/entry';
import { Outbox } from './outbox/outbox';
import { PresenceBook } from './presence-book';
import { Receipts } from './receipts';
import { Rest } from './rest/rest';
import type { SessionEnd } from './rest/token-keeper';
import type { TokenSet, TokenStore } from './rest/tokens';
import { type Runtime, within } from './runtime';
import { Saver } from './store/saver';
import { type StateStore, savedChats } from './store/state-store';
import { Summaries } from './summaries';
import type { Change } from './sync/chat-state';
import type { ChatTable } from './sync/chat-table';
import { NOBODY, Synchronizer } from './sync/synchronizer';
import { TypingSender, TypingWatch } from './typing';

export interface CoreOptions {
  readonly server: string;
  readonly tokens: TokenStore;
  readonly state: StateStore;
  readonly outbox: OutboxStore;
  readonly uploads: UploadStore;
  readonly runtime: Runtime;
}

/** How long closing may take to tell the server what it waits to hear, milliseconds. */
const LAST_WORDS_MS = 1_000;

/** Changes that may have muted a chat. */
const SETTLING: ReadonlySet<string> = new Set(['chat_added', 'chat_updated', 'chat_reset']);

/** The parts of a client, wired together. */
export class Core {
  readonly rest: Rest;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly links: MediaLinks;
  readonly receipts: Receipts;
  readonly typing: TypingSender;
  readonly typists: TypingWatch;
  readonly events: Emitter<ClientEvents>;
  readonly presence = new PresenceBook((presence) => this.events.emit('presence', presence));
  /** The chats that somebody is looking at. */
  readonly joined = new Set<ChatId>();
  readonly runtime: Runtime;
  cipher: Cipher | null = null;
  readonly #options: CoreOptions;
  readonly #sync: Synchronizer;
  readonly #saver: Saver;
  readonly #refresher: TokenRefresher;
  readonly #summaries: Summaries;
  readonly #mutes: MuteWatch;
  #loading: Promise<void> | null = null;
  /** Whether nobody sees what is looked at. */
  #isAway = false;

  constructor(options: CoreOptions) {
    const { runtime, server, tokens } = options;
    this.#options = options;
    this.runtime = runtime;
    this.events = new Emitter((fault, type) => this.#listenerFault(fault, type));
    this.rest = new Rest({ server, tokens, runtime });
    this.rest.tokens.onChange = (now, how) => this.#tokensChanged(now, how);
    this.#refresher = new TokenRefresher(this.rest, runtime);
    this.#sync = this.#makeSync();
    const { rest, tell } = this;
    this.uploads = new Uploads({ rest, runtime, store: options.uploads, onFault: this.fault });
    this.links = new MediaLinks(rest, runtime);
    this.#summaries = new Summaries({
      rest,
      runtime,
      table: () => this.table,
      tell,
      onPeer: (peer) => this.presence.takeUser(peer),
      onDone: () => this.presence.settle(),
    });
    this.#mutes = new MuteWatch({ runtime, table: () => this.table, tell });
    this.#saver = new Saver(options.state, runtime, () => this.#sync, this.fault);
    this.connection = this.#makeConnection(server);
    this.outbox = this.#makeOutbox(options.outbox);
    this.receipts = new Receipts({
      runtime,
      table: () => this.table,
      send: (type, chat_id, message_id) => this.connection.request(type, { chat_id, message_id }),
    });
    this.typing = new TypingSender(runtime, (type, chat_id) =>
      this.connection.notify(type, { chat_id }),
    );
    this.typists = new TypingWatch(runtime, (chat_id, typists) =>
      this.events.emit('typing', { chat_id, typists }),
    );
  }

  get table(): ChatTable {
    return this.#sync.table;
  }

  /** Reads what earlier runs saved. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Applies changes that did not come over the socket, and tells of them. */
  readonly tell = (changes: readonly Change[]): void => {
    if (changes.length > 0) this.#saver.touch();
    for (const change of changes) {
      this.#follow(change);
      this.events.emit(change.type, change);
    }
    if (changes.some(({ type }) => SETTLING.has(type))) this.#mutes.look();
  };

  readonly fault = (error: unknown): void => {
    if (this.events.has('error')) this.events.emit('error', { error });
    else queueMicrotask(() => Promise.reject(error));
  };

  /** Saves what changed and stops every timer. */
  async shutDown(): Promise<void> {
    await within(this.runtime, LAST_WORDS_MS, this.receipts.flush());
    this.connection.dispatch({ type: 'close' });
    this.outbox.stop();
    this.uploads.close();
    this.#refresher.stop();
    this.#mutes.stop();
    await this.#saver.flush();
  }

  /** Ends the session and holds nothing of its user any more. */
  async forget(): Promise<void> {
    this.#sync.restore(NOBODY, null, []);
    this.presence.clear();
    this.joined.clear();
    await this.#options.state.clear().catch(this.fault);
    await this.rest.tokens.set(null);
  }

  /** Says that a chat is looked at, and learns who of its members is there. */
  async join(chatId: ChatId): Promise<void> {
    if (this.#isAway || this.connection.state.name !== 'online') return;
    const { presence } = await this.connection.request('join_chat', { chat_id: chatId });
    for (const someone of presence) this.presence.take(someone);
    // Receipts have no revision: what came of them while nobody was connected is asked for here.
    const { members } = await this.rest.call('getChat', { params: { chat_id: chatId } });
    this.learnMembers(chatId, members);
  }

  /** Takes in members as a REST call describes them, and how far they read. */
  learnMembers(chatId: ChatId, members: readonly ChatMember[]): void {
    this.table.mergeMembers(chatId, members);
    this.#saver.touch();
    this.#mutes.look();
    this.#tellStatus(chatId);
  }

  /** What is looked at is out of sight, or in sight again. */
  setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (!isAway) this.#joinAll();
    else for (const chat_id of this.joined) this.connection.notify('leave_chat', { chat_id });
  }

  #joinAll(): void {
    for (const chatId of this.joined) void this.join(chatId).catch(() => {});
  }

  async #load(): Promise<void> {
    const saved = await this.#options.state.load().catch(this.fault);
    if (saved) this.#sync.restore(saved.user_id, saved.epoch, savedChats(saved));
    this.#mutes.start();
    await this.outbox.load();
  }

  #makeSync(): Synchronizer {
    const { runtime, state } = this.#options;
    return new Synchronizer({
      runtime,
      overSocket: (request) => this.connection.request('sync', request),
      overRest: (body) => this.rest.call('sync', { body }),
      onChanges: this.tell,
      onSyncWanted: () => this.connection.dispatch({ type: 'sync_wanted' }),
      onOtherUser: () => void state.clear().catch(this.fault),
    });
  }

  #makeConnection(server: string): Connection {
    return new Connection({
      server,
      rest: this.rest,
      runtime: this.runtime,
      handlers: {
        onState: (state, before) => this.#stateChanged(state, before),
        onReady: (ready) => this.#sync.ready(ready),
        onFrame: (frame) => this.#receive(frame),
        sync: () => this.#sync.sync(),
        onDown: () => this.#sync.pause(),
      },
    });
  }

  #makeOutbox(store: OutboxStore): Outbox {
    return new Outbox({
      store,
      runtime: this.runtime,
      deliver: sealing({
        cipher: () => this.cipher,
        chat: async (chat_id) =>
          this.table.get(chat_id)?.chat ??
          (await this.rest.call('getChat', { params: { chat_id } })),
        send: (command) => this.connection.request('send_message', command),
      }),
      onChange: (change) => this.events.emit('outbox', change),
      onFault: this.fault,
      user: () => this.table.self,
    });
  }

  #stateChanged(state: ConnectionState, before: ConnectionState): void {
    const isUp = state.name === 'online';
    if (isUp && before.name !== 'online') this.#online();
    if (!isUp && before.name === 'online') this.#offline();
    this.events.emit('connection', { state, before });
  }

  #online(): void {
    this.presence.online();
    this.outbox.online();
    this.receipts.online();
    this.#saver.touch();
    this.#joinAll();
    void this.#watchTokens();
    this.#mutes.start();
    this.#summaries.online();
  }

  #offline(): void {
    this.outbox.offline();
    this.receipts.offline();
    this.#refresher.stop();
    this.#summaries.offline();
    this.typing.clear();
    this.typists.clear();
  }

  async #watchTokens(): Promise<void> {
    const tokens = await this.rest.tokens.current();
    if (tokens) this.#refresher.watch(tokens);
  }

  #tokensChanged(tokens: TokenSet | null, how: SessionEnd): void {
    if (!tokens) {
      this.links.clear();
      this.connection.dispatch({ type: 'signed_out' });
      this.events.emit('signed_out', { how });
      return;
    }
    this.connection.renewToken(tokens);
    if (this.connection.state.name === 'online') this.#refresher.watch(tokens);
  }

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'ready':
      case 'ack':
        break;
      case 'heartbeat':
        this.#sync.heartbeat(frame.rev_sum);
        break;
      case 'typing_start':
        this.#typingStarted(frame);
        break;
      case 'typing_stop':
        this.typists.stopped(frame.chat_id, frame.user_id);
        break;
      case 'user_status':
        this.presence.take(frame);
        break;
      case 'scheduled_message':
        this.events.emit('scheduled', frame);
        break;
      case 'mention_notification': {
        const { type, ...notification } = frame;
        this.events.emit(type, notification);
        break;
      }
      case 'notification': {
        const { type, ...notification } = frame;
        this.events.emit(type, notification);
        break;
      }
      case 'encryption.key_changed':
      case 'encryption.epoch':
      case 'encryption.approval':
        this.events.emit('encryption', frame);
        break;
      case 'error':
        if (frame.request_id === undefined) this.fault(new CommandError(frame));
        break;
      case 'new_message':
      case 'message_updated':
      case 'message_deleted':
      case 'message_status':
      case 'chat_created':
      case 'chat_updated':
      case 'chat_removed':
      case 'member_added':
      case 'member_updated':
      case 'member_removed':
      case 'unread':
        this.#sync.handle(frame);
        break;
      default:
        // An event of a newer server. If it moves a revision, the gap will show.
        frame satisfies never;
    }
  }

  #typingStarted(frame: EventBody<'typing_start'>): void {
    if (frame.user_id !== this.table.self) this.typists.started(frame.chat_id, frame);
  }

  #tellStatus(chat_id: ChatId): void {
    this.events.emit('message_status', {
      chat_id,
      user_id: null,
      delivered_message_id: null,
      read_message_id: null,
    });
  }

  /** What one change means for the other parts. */
  #follow(change: Change): void {
    this.receipts.follow(change);
    if (change.type === 'chat_added' && change.chat.peer) this.presence.takeUser(change.chat.peer);
    if (change.type === 'chat_removed') this.joined.delete(change.chat_id);
    if (change.type !== 'message') return;
    const { message, chat_id } = change;
    this.typists.stopped(chat_id, message.sender_id);
    if (message.client_message_id !== null && message.sender_id === this.table.self) {
      this.outbox.settle(message.client_message_id, message.id, message.seq);
    }
  }

  #listenerFault(fault: unknown, type: keyof ClientEvents): void {
    if (type === 'error') queueMicrotask(() => Promise.reject(fault));
    else this.fault(fault);
  }
}
