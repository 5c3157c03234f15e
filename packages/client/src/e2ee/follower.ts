import type { ChatId, Message } from '@confab/protocol';
import type { ConfabClient } from '../client';
import type { Emitter } from '../emitter';
import type { ClientEvents } from '../events';
import type { Engine } from './engine/engine';
import type { EngineEvents } from './engine/engine-events';
import type { Delivered } from './engine/opened';

/** Follows a client: what comes is opened, and what may have changed is looked at again. */
export class Follower {
  readonly #client: ConfabClient;
  readonly #engine: () => Engine | null;
  readonly #events: Emitter<EngineEvents>;

  constructor(client: ConfabClient, engine: () => Engine | null, events: Emitter<EngineEvents>) {
    this.#client = client;
    this.#engine = engine;
    this.#events = events;
    client.on('message', ({ message }) => this.#do(() => this.take([message])));
    client.on('message_updated', ({ message }) => this.#do(() => this.take([message])));
    client.on('message_deleted', ({ message }) => this.#do(() => this.#erase([message])));
    client.on('chat_added', ({ chat_id }) => this.#do(() => this.#sweepChat(chat_id)));
    client.on('chat_reset', ({ chat_id }) => this.#do(() => this.#sweepChat(chat_id)));
    client.on('member_added', ({ chat_id }) => this.#do(() => this.#membersChanged(chat_id)));
    client.on('member_removed', ({ chat_id }) => this.#do(() => this.#memberLeft(chat_id)));
    client.on('connection', ({ state, before }) => {
      if (state.name === 'online' && before.name !== 'online') this.#do(() => this.#online());
    });
    client.on('encryption', (frame) => this.#do(() => this.#encryption(frame)));
  }

  /** Opens everything that the client holds, and finishes what a crash left half done. */
  async sweep(): Promise<void> {
    const engine = this.#ready();
    if (!engine) return;
    for (const { id, is_encrypted } of this.#client.chats()) {
      if (is_encrypted || engine.isPinned(id)) await this.#sweepChat(id);
    }
    // One chat that cannot be put in order now keeps nobody from the others.
    for (const id of await engine.unfinished()) {
      this.#do(async () => (await engine.chat(id)).members.reconcile());
    }
  }

  /** Opens messages of encrypted chats; others are passed over. What was deleted is forgotten. */
  async take(messages: readonly Message[]): Promise<void> {
    const engine = this.#ready();
    if (!engine) return;
    await this.#erase(messages.filter(({ is_deleted }) => is_deleted));
    const chats = Map.groupBy(messages.filter(isDelivered), ({ chat_id }) => chat_id);
    for (const [chat, delivered] of chats) {
      await engine.pin(chat);
      await (await engine.chat(chat)).inbox.take(delivered);
    }
  }

  async #erase(messages: readonly Message[]): Promise<void> {
    const engine = this.#ready();
    for (const { chat_id, id } of messages) {
      if (engine?.isPinned(chat_id)) await (await engine.chat(chat_id)).erase(id);
    }
  }

  async #sweepChat(chatId: ChatId): Promise<void> {
    const engine = this.#ready();
    const isEncrypted = this.#client.chat(chatId)?.is_encrypted || engine?.isPinned(chatId);
    if (!engine || !isEncrypted) return;
    await engine.pin(chatId);
    await engine.chat(chatId);
    await this.take(this.#client.messages(chatId));
  }

  async #membersChanged(chatId: ChatId): Promise<void> {
    const engine = this.#ready();
    if (engine?.isPinned(chatId)) await engine.chatChanged(chatId);
  }

  async #online(): Promise<void> {
    const engine = this.#engine();
    if (!engine) return;
    await engine.reconnected();
    await this.sweep();
  }

  /** Who left without a signature is struck out by an admin's device. */
  async #memberLeft(chatId: ChatId): Promise<void> {
    await this.#membersChanged(chatId);
    const engine = this.#ready();
    if (engine?.isPinned(chatId)) await (await engine.chat(chatId)).members.reconcile();
  }

  async #encryption(frame: ClientEvents['encryption']): Promise<void> {
    const engine = this.#engine();
    if (!engine) return;
    switch (frame.type) {
      case 'encryption.key_changed':
        return engine.peerChanged(frame.user_id);
      case 'encryption.epoch':
        return engine.chatChanged(frame.chat_id);
      case 'encryption.approval': {
        const { device_id, name, state } = frame;
        if (state === 'pending' && engine.isReady) {
          this.#events.emit('device_requested', { device_id, name });
        }
        return;
      }
      default:
        frame satisfies never;
    }
  }

  #ready(): Engine | null {
    const engine = this.#engine();
    return engine?.isReady ? engine : null;
  }

  /** What fails while things are followed is told, and looked at again after the next reconnect. */
  #do(action: () => Promise<void>): void {
    void action().catch((error: unknown) => this.#engine()?.fault(error));
  }
}

type DeliveredMessage = Message & Delivered;

const isDelivered = (message: Message): message is DeliveredMessage =>
  Boolean(message.envelope) && message.client_message_id !== null && !message.is_deleted;
