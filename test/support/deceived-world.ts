import { Refusal } from '@confab/client/e2ee';
import type { Chat, ChatId } from '@confab/protocol';
import type { DeviceKeys } from '../../packages/client/src/e2ee/keys/device-keys';
import { readyKeys } from '../../packages/client/src/e2ee/testing/ready-keys';
import type { Dialect } from '../../packages/server/src/storage/schema';
import { TestServer } from '../../packages/server/src/testing/server';
import { SecretPerson } from './secret-person';
import { TamperingProxy } from './tampering-proxy';

/** A real server, and what stands between it and one person: Bob. */
export class DeceivedWorld {
  /** Every text that anybody sent: no other may ever be shown. */
  readonly sent = new Set<string>();
  readonly people: SecretPerson[] = [];
  makeKeys: () => Promise<DeviceKeys> = readyKeys();
  proxy: TamperingProxy;
  #run = 0;

  private constructor(readonly server: TestServer) {
    this.proxy = TamperingProxy.start(server.url);
  }

  static async start(dialect: Dialect): Promise<DeceivedWorld> {
    return new DeceivedWorld(await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } }));
  }

  /** Somebody with a device of their own; `deceived`: behind the proxy. */
  async person(name: string, { deceived = false, keys = true } = {}): Promise<SecretPerson> {
    const url = deceived ? this.proxy.url : this.server.url;
    const { makeKeys } = this;
    const made = await SecretPerson.make({ url, name: `${name}${this.#run}`, makeKeys });
    this.people.push(made);
    if (keys) await made.encryption.setUp('Laptop');
    return made;
  }

  /** Fresh people in a group of Alice's. */
  async begin(): Promise<{ alice: SecretPerson; bob: SecretPerson; chat: Chat }> {
    this.#run++;
    this.makeKeys = readyKeys();
    const alice = await this.person('alice');
    const bob = await this.person('bob', { deceived: true });
    return { alice, bob, chat: await alice.encryption.createGroup('Us', [bob.id]) };
  }

  async say(person: SecretPerson, chat: ChatId, text: string): Promise<void> {
    this.sent.add(text);
    await person.client.send(chat, text);
  }

  /** Texts that somebody is shown and nobody sent. */
  invented(): string[] {
    const shown = this.people.flatMap((person) =>
      person.client.chats().flatMap(({ id }) => person.views(id)),
    );
    return shown.flatMap((view) => {
      if (view.state === 'plain') return ['a message that is not encrypted'];
      if (view.state !== 'shown') return [];
      const texts = [view.text, view.quote?.text ?? view.text];
      return texts.filter((text) => !this.sent.has(text));
    });
  }

  /** Ends what a test began. */
  async end(): Promise<void> {
    this.proxy.tampering = {};
    this.sent.clear();
    // Who is cut off does not wait until receipts have arrived.
    this.proxy.hangUp();
    await Promise.all(this.people.splice(0).map((person) => person.close()));
    this.proxy.asked.splice(0);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.server.stop();
  }
}

/** Why something encrypted was refused. */
export function reasonIn(error: unknown): string {
  const refusal = error instanceof Refusal ? error : (error as Error).cause;
  return refusal instanceof Refusal ? refusal.reason : String(error);
}
