import type { ChatId, MessageId } from '@confab/protocol';
import {
  ClientError,
  ConfabClient,
  MemoryOutboxStore,
  MemoryStateStore,
  MemoryTokenStore,
  type Runtime,
  type TokenSet,
} from '../../../../client/src/index';
import type { Change } from '../../../../client/src/sync/chat-state';
import { AnyDevice, type Device, type SendOptions } from './device';
import { Told } from './told';

const CHANGES = ['message', 'chat_added', 'chat_reset', 'chat_removed'] as const;

/** The SDK's whole client, with the simulation's time, chance and network. */
export class SdkDevice extends AnyDevice implements Device {
  readonly kind = 'sdk';
  readonly #state = new MemoryStateStore();
  readonly #outbox = new MemoryOutboxStore();
  #tokens = new MemoryTokenStore();
  #client: ConfabClient | undefined;
  /** Texts handed to the SDK, by chat, in their order. */
  readonly written = new Map<number, string[]>();
  /** Texts of which the SDK said that they were sent. */
  readonly sent = new Set<string>();
  /** The app was killed: what it had only in memory is lost. */
  wasKilled = false;

  get client(): ConfabClient | undefined {
    return this.#client;
  }

  start() {
    void this.#launch();
  }

  relaunch() {
    this.wasKilled = true;
    this.life.alive = false;
    this.life = { alive: true };
    for (const link of this.around.network.links) {
      if (link.owner === this && link.client.isOpen) link.client.close(1001);
    }
    this.#client = undefined;
    this.start();
  }

  async #launch(life = this.life): Promise<void> {
    if (!this.session) {
      this.session = await this.around.signIn(this.user, life);
      this.#tokens = new MemoryTokenStore(this.#tokenSet());
    }
    const client = new ConfabClient({
      server: 'http://server',
      tokens: this.#tokens,
      state: this.#state,
      outbox: this.#outbox,
      runtime: this.#runtime(life),
    });
    this.#watch(client);
    this.#client = client;
    await client.connect().catch(() => {});
  }

  #tokenSet(): TokenSet {
    return {
      access_token: this.session?.access ?? '',
      refresh_token: this.session?.refresh ?? '',
      expires_at: this.around.timeline.now() + this.around.tokenTtlMs,
    };
  }

  #runtime(life = this.life): Runtime {
    const { timeline, network } = this.around;
    return {
      now: timeline.now,
      setTimer: (callback, ms) => timeline.plan(ms, callback, life),
      random: () => this.random.unit(),
      uuid: () => this.random.uuid(),
      fetch: (url, init) => this.#fetch(new Request(url, init), init.signal ?? undefined),
      openSocket: (url, protocols) => network.open(this, url, protocols),
      onNetworkUp: () => () => {},
    };
  }

  async #fetch(request: Request, signal: AbortSignal | undefined): Promise<Response> {
    const aborted = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => aborted.reject(new Error('aborted')));
    const answer = this.around.network.fetch(this, this.life, request);
    const response = await Promise.race([answer, aborted.promise]);
    if (response.status >= 500 && response.status !== 503) {
      this.around.fail('0', `${request.method} ${request.url} answers ${await response.text()}`);
    }
    return response;
  }

  #watch(client: ConfabClient) {
    const told = new Told(this.name, this.around.fail);
    for (const type of CHANGES) {
      client.on(type, (change) => told.see({ type, ...change } as Change));
    }
    client.on('outbox', (change) => {
      if (change.type === 'sent') this.sent.add(change.entry.draft.content ?? '');
    });
    client.on('error', ({ error }) => this.#faulty(error));
    client.on('signed_out', () => this.#signedOut(client));
  }

  /** The user signs in again after a while. */
  #signedOut(client: ConfabClient) {
    if (client !== this.#client) return;
    this.session = undefined;
    this.around.timeline.plan(this.random.between(50, 2000), () => this.relaunch(), this.life);
  }

  /** What the app does may be refused, as with every app; a fault of the SDK's own may not be. */
  #faulty(error: unknown) {
    const isFault = !(error instanceof ClientError) || error.code === 'internal';
    if (isFault) this.around.fail('0', `${this.name}: ${error}`);
  }

  #try(promise: Promise<unknown> | undefined) {
    promise?.catch((error) => this.#faulty(error));
  }

  send(chatId: number, content: string, { replyTo }: SendOptions) {
    if (!this.#client) return;
    this.written.set(chatId, [...(this.written.get(chatId) ?? []), content]);
    const draft =
      replyTo === undefined ? { content } : { content, reply_to_id: replyTo as MessageId };
    this.#try(this.#client.send(chatId as ChatId, draft));
  }

  edit(messageId: number, content: string) {
    this.#try(this.#client?.edit(messageId as MessageId, content));
  }

  remove(messageId: number) {
    this.#try(this.#client?.delete(messageId as MessageId));
  }

  react(messageId: number, emoji: string, add: boolean) {
    const id = messageId as MessageId;
    this.#try(add ? this.#client?.react(id, emoji) : this.#client?.unreact(id, emoji));
  }

  read(chatId: number, messageId: number) {
    this.#client?.markRead(chatId as ChatId, messageId as MessageId);
  }

  /** The SDK confirms by itself. */
  delivered() {}

  typing(chatId: number, active: boolean) {
    if (active) this.#client?.typing(chatId as ChatId);
    else this.#client?.stopTyping(chatId as ChatId);
  }

  look(chatId: number, active: boolean) {
    if (active) this.#try(this.#client?.joinChat(chatId as ChatId));
    else this.#client?.leaveChat(chatId as ChatId);
  }

  history(chatId: number) {
    this.#try(this.#client?.history(chatId as ChatId));
  }

  isSettled(): boolean {
    const connection = this.#client?.connection;
    if (connection?.name !== 'online' || connection.syncing) return false;
    return this.#client?.pending().every((entry) => entry.status === 'failed') ?? false;
  }
}
