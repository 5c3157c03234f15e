import { type ClientOptions, ConfabClient } from '@confab/client';
import type { ChatId } from '@confab/protocol';
import type { Acknowledged } from './plain-sender';

/** Draws the pauses between two tries from the short end of their range. */
const HASTY = { random: () => Math.random() * 0.02 };

/** Somebody with an app made of the SDK, and all that it told. */
export class SdkPerson {
  readonly client: ConfabClient;
  readonly name: string;
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Texts by place, as they came, in each chat. */
  readonly told = new Map<number, { seq: number; content: string }[]>();
  readonly faults: unknown[] = [];

  private constructor(name: string, client: ConfabClient) {
    this.name = name;
    this.client = client;
    client.on('message', ({ chat_id, message }) => {
      const { seq, content } = message;
      this.told.set(chat_id, [...(this.told.get(chat_id) ?? []), { seq, content }]);
    });
    client.on('outbox', (change) => {
      if (change.type !== 'sent') return;
      const { message_id: id, seq } = change;
      this.acknowledged.set(change.entry.draft.content ?? '', { id, seq });
    });
    client.on('error', ({ error }) => void this.faults.push(error));
  }

  static async register(server: string, name: string): Promise<SdkPerson> {
    const client = new ConfabClient({ server, runtime: HASTY });
    await client.register({ username: name, email: `${name}@example.org`, password: 'password' });
    return new SdkPerson(name, client).#online();
  }

  /** The same user on another device. */
  async anotherDevice(
    server: string,
    stores: Pick<ClientOptions, 'uploads'> = {},
  ): Promise<SdkPerson> {
    const client = new ConfabClient({ server, runtime: HASTY, ...stores });
    await client.login(this.name, 'password');
    return new SdkPerson(this.name, client).#online();
  }

  async #online(): Promise<SdkPerson> {
    await this.client.connect();
    return this;
  }

  async say(chatId: ChatId, content: string): Promise<void> {
    await this.client.send(chatId, content);
  }

  /** Resolves once the app holds a chat up to this place. */
  reaches(chatId: ChatId, seq: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if ((this.client.chat(chatId)?.last_seq ?? 0) >= seq) resolve();
    };
    const stops = [this.client.on('message', look), this.client.on('chat_reset', look)];
    look();
    return promise.finally(() => {
      for (const stop of stops) stop();
    });
  }
}
