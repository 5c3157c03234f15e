import type { ServerFrame } from '@confab/protocol';
import { sql } from 'kysely';
import { composeNotifications, type NotificationParts } from '../app/compose-notifications';
import { databaseLocation } from '../app/server';
import { readSettings } from '../config/settings';
import { ChatRepository, type ChatState, ChatStates, createGroup } from '../features/chats';
import { type Sent, sendMessage } from '../features/messages';
import { parseMentions } from '../features/messages/mentions';
import type { PushNotification } from '../features/push';
import { createUser } from '../features/users';
import { type BusMessage, MemoryBus } from '../realtime/bus';
import { Connection, Outbox } from '../realtime/connection';
import { Hub } from '../realtime/hub';
import { type Database, openDatabase } from '../storage/database';
import type { Dialect } from '../storage/schema';
import type { Write } from '../storage/write';
import { type TestDatabase, testDatabase } from './databases';
import { ManualClock } from './manual-clock';
import { eventually } from './waiting';

/** Comes between the follower and the database. */
export type Meddle = <I, O>(write: Write<I, O>, input: I, commit: () => Promise<O>) => Promise<O>;

interface Live {
  bus: MemoryBus;
  hub: Hub;
  states: ChatStates;
  parts: ReturnType<typeof composeNotifications>;
}

/** Notifications on a real database, with all that is around them in the test's hand. */
export class NotificationWorld {
  readonly clock = new ManualClock();
  readonly told: { userId: number; frame: ServerFrame }[] = [];
  readonly pushed: { userId: number; notification: PushNotification }[] = [];
  readonly recounted: { chatId: number; userIds: readonly number[] }[] = [];
  readonly silences: { userId: number; reason: string }[] = [];
  readonly errors: unknown[] = [];
  /** With whom somebody does not talk. */
  readonly apart = new Map<number, ReadonlySet<number>>();
  /** How pushes end. */
  pushing: () => Promise<void> = async () => {};
  meddle: Meddle = (_write, _input, commit) => commit();
  readonly #files: TestDatabase;
  readonly database: Database;
  #live: Live;
  #users = 0;

  private constructor(files: TestDatabase, database: Database) {
    this.#files = files;
    this.database = database;
    this.#live = this.#compose();
  }

  static async open(dialect: Dialect): Promise<NotificationWorld> {
    const files = await testDatabase(dialect);
    const database = await openDatabase(databaseLocation(readSettings(files.env)));
    const world = new NotificationWorld(files, database);
    await world.parts.start();
    return world;
  }

  get parts() {
    return this.#live.parts;
  }

  get hub(): Hub {
    return this.#live.hub;
  }

  #compose(): Live {
    const hub = new Hub();
    const bus = new MemoryBus((error) => this.errors.push(error));
    const states = new ChatStates(new ChatRepository(this.database.read));
    const { database } = this;
    const committer = Object.create(database.committer) as Database['committer'];
    committer.submit = ((write: Write<unknown, unknown>, input: unknown, key: number) =>
      this.meddle(write, input, () =>
        database.committer.submit(write, input, key),
      )) as typeof committer.submit;
    const parts: NotificationParts = {
      clock: this.clock,
      hub,
      bus,
      states,
      database: { ...database, committer },
      apartFrom: async (userId) => this.apart.get(userId) ?? new Set(),
      reachable: async (userIds) => new Set(userIds),
      noteSilence: (userId, reason) => void this.silences.push({ userId, reason }),
      push: async (userId, notification) => {
        await this.pushing();
        this.pushed.push({ userId, notification });
      },
      tellUnread: (state: ChatState, userIds) =>
        void this.recounted.push({ chatId: state.id, userIds }),
      limitRead: () => {},
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      onError: (error) => void this.errors.push(error),
    };
    const composed = composeNotifications(parts);
    bus.subscribe((message: BusMessage) => {
      states.follow(message);
      composed.follower.follow(message);
      if (message.kind === 'user') {
        this.told.push({ userId: message.userId, frame: JSON.parse(message.frame) });
      }
    });
    return { bus, hub, states, parts: composed };
  }

  /** As after a crash: nothing is known any more but what is stored. */
  async restart(): Promise<void> {
    this.meddle = (_write, _input, commit) => commit();
    this.#live = this.#compose();
    await this.parts.start();
  }

  user(): Promise<number> {
    const username = `user${++this.#users}`;
    const email = `${username}@example.org`;
    const user = { username, email, passwordHash: 'x', fullName: null, at: this.clock.now() };
    return this.database.committer.submit(createUser, user, 0);
  }

  users(count: number): Promise<number[]> {
    return Promise.all(Array.from({ length: count }, () => this.user()));
  }

  /** A group of which the first one is the owner; nobody is told of having been added. */
  async group(ownerId: number, ...memberIds: number[]): Promise<number> {
    const shape = { name: 'Group', description: null, avatarUrl: null, at: this.clock.now() };
    const group = { ...shape, ownerId, memberIds, silent: memberIds };
    return this.database.committer.submit(createGroup, group, 0);
  }

  /** Commits a message and tells the bus, as the service does. */
  async send(chatId: number, senderId: number, content = 'hello'): Promise<Sent> {
    await this.#live.states.load(chatId);
    return this.#submit(chatId, senderId, content, (sent) => {
      this.#live.bus.publish({
        kind: 'chat',
        chatId,
        rev: sent.rev,
        frame: '{}',
        change: {
          kind: 'message',
          messageId: sent.id,
          seq: sent.seq,
          senderId,
          at: sent.at,
          mentions: sent.mentions !== undefined,
        },
      });
    });
  }

  /** Commits a message, and crashes before anybody hears of it. */
  sendUnheard(chatId: number, senderId: number, content = 'hello'): Promise<Sent> {
    return this.#submit(chatId, senderId, content, () => {});
  }

  #submit(
    chatId: number,
    senderId: number,
    content: string,
    apply: (sent: Sent) => void,
  ): Promise<Sent> {
    const parsed = parseMentions(content);
    const wanted = content.includes('@') ? { ...parsed, except: [] } : null;
    const input = {
      chatId,
      senderId,
      content,
      contentType: 'text' as const,
      replyToId: null,
      clientMessageId: null,
      wanted,
      at: this.clock.now(),
    };
    return this.database.committer.submit(sendMessage, input, chatId, (sent) => {
      apply(sent);
      return sent;
    });
  }

  /** Opens a connection of a user. */
  connect(userId: number): Connection {
    const socket = {
      send: () => {},
      subscribe: () => {},
      unsubscribe: () => {},
      bufferedBytes: () => 0,
      close: () => {},
      terminate: () => {},
    };
    const identity = { userId, sessionId: userId, confirms: true, tokenExpiresAt: Infinity };
    const connection = new Connection(socket, identity, new Outbox());
    this.hub.add(connection, []);
    return connection;
  }

  /** Turns time until a chat, or all of them, has nothing left to be notified of or told. */
  async settled(): Promise<void> {
    await eventually(async () => {
      this.clock.advance(300);
      return (await this.#owed()) === 0;
    }, 'the end of all notifying');
  }

  async #owed(): Promise<number> {
    const { rows } = await sql<{ owed: number }>`
      select (select count(*) from chats c left join notification_cursors n on n.chat_id = c.id
          where c.last_seq > coalesce(n.seq, 0))
        + (select count(*) from mentions where notified = 0)
        + (select count(*) from notifications where told = 0) as owed`.execute(this.database.read);
    return Number(rows[0]?.owed);
  }

  /** What is stored, in order. */
  stored() {
    return this.database.read.selectFrom('notifications').selectAll().orderBy('id').execute();
  }

  async drop(): Promise<void> {
    await this.parts.stop();
    await this.database.close();
    await this.#files.drop();
  }
}
