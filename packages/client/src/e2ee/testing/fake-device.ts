import { Emitter } from '../../emitter';
import { ClientError } from '../../errors';
import { MemoryKeyStore } from '../../store/key-store';
import { FakeTime } from '../../testing/fake-time';
import type { ChatServer } from '../engine/chat-server';
import { Engine } from '../engine/engine';
import type { KeyServer } from '../engine/key-server';
import { contentOfRecord, type Delivered } from '../engine/opened';
import type { DeviceKeys } from '../keys/device-keys';
import type { BodyInput } from '../messages/body';
import type { FakeWorld } from './fake-world';
import { quickKdf } from './ready-keys';

export interface FakeDeviceOptions {
  readonly world: FakeWorld;
  readonly user: number;
  readonly makeKeys: () => Promise<DeviceKeys>;
  readonly store?: MemoryKeyStore;
  readonly time?: FakeTime;
  /** What stands between this device and the honest server. */
  readonly through?: (server: KeyServer & ChatServer) => KeyServer & ChatServer;
}

let uuids = 0;
export const nextUuid = () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`;

/** A device in a world: its engine, and the messages that it fetched and sent. */
export class FakeDevice {
  readonly changes: { user_id: number; was_verified: boolean }[] = [];
  readonly faults: unknown[] = [];

  private constructor(
    readonly engine: Engine,
    readonly world: FakeWorld,
    readonly store: MemoryKeyStore,
  ) {
    engine.events.on('key_changed', (change) => this.changes.push(change));
    engine.events.on('error', ({ error }) => this.faults.push(error));
  }

  static async make(options: FakeDeviceOptions): Promise<FakeDevice> {
    const { world, user, makeKeys, store = new MemoryKeyStore() } = options;
    const { through = (server) => server, time = new FakeTime() } = options;
    const server = through(world.as(user));
    const runtime = { now: time.now, setTimer: time.setTimer };
    const chats = server;
    const engine = await Engine.open({
      user,
      events: new Emitter((fault) => queueMicrotask(() => Promise.reject(fault))),
      server,
      chats,
      store,
      runtime,
      makeKeys,
      kdf: quickKdf,
    });
    await engine.start();
    return new FakeDevice(engine, world, store);
  }

  get user(): number {
    return this.engine.user;
  }

  async setUp(): Promise<string> {
    const { recoveryKey } = await this.engine.devices.setUp('Device');
    await this.engine.start();
    return recoveryKey ?? '';
  }

  /** Makes a chat, and signs who belongs to it. */
  async makeRoom(
    kind: 'direct' | 'group',
    others: readonly number[],
    share = false,
  ): Promise<number> {
    const room = this.world.makeRoom(kind, this.user, others);
    await (await this.engine.chat(room)).members.create(others, share);
    return room;
  }

  say(chat: number, text: string): Promise<Delivered> {
    return this.sendBody(chat, { kind: 'message', text });
  }

  /** Sends as the client does: what the server finds stale is encrypted anew. */
  async sendBody(chat: number, body: BodyInput, id = nextUuid()): Promise<Delivered> {
    const crypto = await this.engine.chat(chat);
    for (let tries = 1; ; tries++) {
      const { envelope, epoch } = await crypto.seal(body, { clientMessageId: id });
      try {
        return this.world.send(this.user, chat, id, envelope);
      } catch (error) {
        if (!isStale(error) || tries === 5) throw error;
        crypto.sending.refused(epoch);
      }
    }
  }

  async edit(message: Delivered, text: string): Promise<Delivered> {
    const crypto = await this.engine.chat(message.chat_id);
    const place = { clientMessageId: nextUuid(), edits: message.client_message_id };
    const { envelope } = await crypto.seal({ kind: 'message', text }, place);
    return this.world.edit(this.user, message.chat_id, message.id, envelope);
  }

  /** Fetches a chat and opens it. */
  async fetch(chat: number): Promise<void> {
    const crypto = await this.engine.chat(chat);
    await crypto.inbox.take(this.world.room(chat).messages);
  }

  async take(...messages: Delivered[]): Promise<void> {
    for (const message of messages) {
      await (await this.engine.chat(message.chat_id)).inbox.take([message]);
    }
  }

  /** What is shown of a chat: its texts, and the reason where there is none. */
  async shown(chat: number): Promise<string[]> {
    const { opened } = await this.engine.chat(chat);
    return opened.all().flatMap((record) => {
      if (record.outcome.state === 'refused') return [`(${record.outcome.reason})`];
      const content = contentOfRecord(record);
      return content ? [content.text] : [];
    });
  }
}

const isStale = (error: unknown) =>
  error instanceof ClientError && (error.code as string) === 'stale_epoch';
