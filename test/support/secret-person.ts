import { ConfabClient, type KeyStore, MemoryKeyStore, type OutboxStore } from '@confab/client';
import { Encryption, type Kdf, type MessageView } from '@confab/client/e2ee';
import type { ChatId, Message, UserId } from '@confab/protocol';
import type { DeviceKeys } from '../../packages/client/src/e2ee/keys/device-keys';
import { quickKdf } from '../../packages/client/src/e2ee/testing/ready-keys';
import { Waiting } from '../../packages/server/src/testing/waiting';

export interface SecretPersonOptions {
  readonly url: string;
  readonly name: string;
  readonly makeKeys: () => Promise<DeviceKeys>;
  readonly store?: KeyStore;
  readonly outbox?: OutboxStore;
  /** A quick one by default. */
  readonly kdf?: Kdf;
}

const PASSWORD = 'correct horse battery';

/** A device of somebody who writes in encrypted chats, by the SDK. */
export class SecretPerson {
  readonly faults: unknown[] = [];
  /** Why epochs and device lists were refused. */
  readonly refusals: string[] = [];
  /** Whose identity became another one. */
  readonly changes: { user_id: number; was_verified: boolean }[] = [];
  readonly #waiting = new Waiting();

  private constructor(
    readonly name: string,
    readonly client: ConfabClient,
    readonly encryption: Encryption,
    readonly store: KeyStore,
  ) {
    const changed = () => this.#waiting.changed();
    for (const event of [
      'message',
      'message_deleted',
      'outbox',
      'chat_added',
      'connection',
    ] as const) {
      client.on(event, changed);
    }
    const failed = ({ error }: { readonly error: unknown }) => {
      this.faults.push(error);
      changed();
    };
    client.on('error', failed);
    for (const event of ['epoch_refused', 'list_refused'] as const) {
      encryption.on(event, ({ reason }) => {
        this.refusals.push(reason);
        changed();
      });
    }
    encryption.on('key_changed', (change) => this.changes.push(change));
    for (const event of ['opened', 'key_changed', 'device_requested', 'state'] as const) {
      encryption.on(event, changed);
    }
    encryption.on('error', failed);
  }

  static async make(options: SecretPersonOptions): Promise<SecretPerson> {
    const { url, name, makeKeys, store = new MemoryKeyStore(), kdf = quickKdf, outbox } = options;
    const client = new ConfabClient({ server: url, ...(outbox && { outbox }) });
    const encryption = new Encryption({ store, makeKeys, kdf });
    client.use(encryption);
    const person = new SecretPerson(name, client, encryption, store);
    const account = { username: name, email: `${name}@example.org`, password: PASSWORD };
    await client.register(account).catch(() => client.login(name, PASSWORD));
    await client.connect();
    await encryption.start();
    return person;
  }

  get id(): UserId {
    return this.client.userId;
  }

  views(chat: ChatId): MessageView[] {
    const messages = this.client.messages(chat).filter((one) => one.content_type !== 'system');
    return messages.map((message) => this.encryption.view(message));
  }

  /** What is shown of a chat: its texts, and the reason where there is none. */
  shown(chat: ChatId): string[] {
    return this.views(chat).flatMap((view) => {
      if (view.state === 'shown') return [view.text];
      if (view.state === 'refused') return [`(${view.reason})`];
      return view.state === 'hidden' ? [] : [`(${view.state})`];
    });
  }

  async sees(chat: ChatId, ...texts: string[]): Promise<void> {
    const expected = JSON.stringify(texts);
    const blame = () => `${JSON.stringify(this.shown(chat))} is not ${expected}`;
    await this.until(() => JSON.stringify(this.shown(chat)) === expected, blame);
  }

  message(chat: ChatId, text: string): Message {
    const found = this.client.messages(chat).find((message) => {
      const view = this.encryption.view(message);
      return view.state === 'shown' && view.text === text;
    });
    if (!found) throw new Error(`${text} is not shown`);
    return found;
  }

  until<T>(find: () => T | undefined | false, blame = () => 'it did not come about'): Promise<T> {
    return this.#waiting.until(find, () => `${blame()}; ${this.faults.join('; ')}`);
  }

  async close(): Promise<void> {
    this.encryption.stop();
    await this.client.close();
  }
}
