import type {
  ChatId,
  ErrorCode,
  Message,
  MessageId,
  ServerFrame,
  SessionId,
  SyncAnswer,
  UserId,
} from '@confab/protocol';
import { ERRORS } from '@confab/protocol';
import { json, problem, Refusal } from './fake-answers';
import { FakeChat, type FakeUser } from './fake-chat';
import { FakeFiles } from './fake-files';
import { FakeSocket } from './fake-socket';

interface Connected {
  readonly socket: FakeSocket;
  readonly user: FakeUser;
}

type Fields = Record<string, unknown>;
type Handler = (user: FakeUser, fields: Fields) => object;

/**
 * Just enough of a server to try a client on: the contract's core, in memory, for as many clients
 * as wanted, with switches for what can go wrong.
 */
export class FakeServer {
  readonly users = new Map<string, FakeUser & { password: string }>();
  readonly chats = new Map<ChatId, FakeChat>();
  readonly files = new FakeFiles();
  readonly sockets: Connected[] = [];
  /** Every REST call that came, as `method path`. */
  readonly calls: string[] = [];
  /** REST calls that a test answers itself, by `method path`; null: with no content. */
  readonly answers = new Map<string, (body: Fields) => object | null>();
  epoch = 'first';
  heartbeatS = 25;
  isDown = false;
  /** The next commands that are refused, and why. */
  refusals: { type: string; code: ErrorCode; retryAfterS?: number }[] = [];
  /** Called after a command was carried out and before it is answered. */
  beforeAck: (type: string) => void = () => {};
  /** Whether an event is sent to a user; false loses it. */
  delivers: (frame: ServerFrame, to: UserId) => boolean = () => true;
  #messageIds = 0;
  #serial = 0;
  readonly #access = new Map<string, FakeUser>();
  /** Whom each stands for; null for a session that somebody ended. */
  readonly #refresh = new Map<string, FakeUser | null>();
  readonly #tickets = new Map<string, FakeUser>();
  readonly #sent = new Map<string, Message>();

  addUser(username: string, password = 'correct horse'): FakeUser {
    const user = { id: (this.users.size + 1) as UserId, username, password };
    this.users.set(username, user);
    return user;
  }

  addChat(name: string | null, users: FakeUser[], limits?: { syncChanges: number; page: number }) {
    const id = (this.chats.size + 1) as ChatId;
    const type = name === null ? 'direct' : 'group';
    const chat = new FakeChat(id, type, name, users, () => ++this.#messageIds, limits);
    this.chats.set(id, chat);
    return chat;
  }

  signIn(user: FakeUser): { access_token: string; refresh_token: string; expires_in: number } {
    const serial = ++this.#serial;
    const access_token = `access-${serial}`;
    const refresh_token = `refresh-${serial}`;
    this.#access.set(access_token, user);
    this.#refresh.set(refresh_token, user);
    return { access_token, refresh_token, expires_in: 600 };
  }

  /** Access tokens stop being good; refresh tokens go on. */
  expireTokens(): void {
    this.#access.clear();
  }

  revokeAll(): void {
    this.#access.clear();
    for (const token of this.#refresh.keys()) this.#refresh.set(token, null);
  }

  /** All sockets break, and nobody gets in until `start`. */
  kill(): void {
    this.isDown = true;
    this.dropAll();
  }

  start(): void {
    this.isDown = false;
  }

  dropAll(code = 1006): void {
    for (const { socket } of this.sockets.splice(0)) socket.drop(code);
  }

  heartbeat(): void {
    for (const { socket, user } of this.sockets) {
      const rev_sum = this.#chatsOf(user).reduce((sum, chat) => sum + chat.rev, 0);
      socket.push({ type: 'heartbeat', rev_sum, at: '2026-11-20T12:00:00.000Z' });
    }
  }

  /** Sends an event to everybody in a chat who is connected. */
  publish(chat: FakeChat, frame: ServerFrame): void {
    for (const { socket, user } of [...this.sockets]) {
      if (chat.members.has(user.id) && this.delivers(frame, user.id)) socket.push(frame);
    }
  }

  /** A message sent by somebody who is not a client of the test. */
  say(chat: FakeChat, user: FakeUser, content: string): Message {
    const message = chat.send(user.id, content);
    this.publish(chat, { type: 'new_message', message });
    return message;
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    await Promise.resolve();
    if (this.isDown) throw new TypeError('connection refused');
    const address = new URL(url);
    const { pathname } = address;
    const method = init.method ?? 'GET';
    this.calls.push(`${method} ${pathname}`);
    try {
      if (pathname.startsWith('/api/media')) {
        return await this.files.answer(method, address, init, this.#userOf(init));
      }
      return this.#answer(method, pathname, init);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const answer = problem(error);
      return method === 'HEAD' ? new Response(null, answer) : answer;
    }
  };

  readonly openSocket = (url: string, protocols: string[]): FakeSocket => {
    const socket = new FakeSocket(url, protocols);
    const ticket = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
    const user = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    queueMicrotask(() => {
      if (this.isDown || !user) socket.drop(1006);
      else this.#connect(socket, user);
    });
    return socket;
  };

  #connect(socket: FakeSocket, user: FakeUser): void {
    const connected = { socket, user };
    this.sockets.push(connected);
    socket.onclientclose = () => void this.sockets.splice(this.sockets.indexOf(connected), 1);
    socket.onsend = (frame) => this.#command(connected, frame);
    socket.open();
    const revs = this.#chatsOf(user).map((chat) => [String(chat.id), chat.rev]);
    socket.push({
      type: 'ready',
      user_id: user.id,
      session_id: 1 as SessionId,
      epoch: this.epoch,
      heartbeat_s: this.heartbeatS,
      chats: Object.fromEntries(revs),
    });
  }

  #command({ socket, user }: Connected, frame: Fields): void {
    const { type, request_id } = frame;
    try {
      const refusal = this.refusals.findIndex((r) => r.type === type);
      const [refused] = refusal < 0 ? [] : this.refusals.splice(refusal, 1);
      if (refused) throw new Refusal(refused.code, refused.retryAfterS);
      const answer = this.#commands[String(type)]?.(user, frame) ?? {};
      this.beforeAck(String(type));
      if (request_id !== undefined) socket.push({ ...answer, type: 'ack', request_id });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, retryAfterS: retry_after_s } = error;
      const { temporary } = ERRORS[code];
      socket.push({ type: 'error', request_id, code, detail: code, temporary, retry_after_s });
    }
  }

  readonly #commands: Record<string, Handler> = {
    send_message: (user, fields) => this.#send(user, fields),
    message_read: (user, { chat_id, message_id }) => {
      const chat = this.#chat(user, Number(chat_id));
      chat.read(user.id, this.#seqOf(chat, Number(message_id)));
      this.publish(chat, chat.statusFrame(user.id));
      return {};
    },
    message_delivered: (user, { chat_id, message_id }) => {
      const chat = this.#chat(user, Number(chat_id));
      chat.deliver(user.id, this.#seqOf(chat, Number(message_id)));
      this.publish(chat, chat.statusFrame(user.id));
      return {};
    },
    join_chat: () => ({ presence: [] }),
    sync: (user, fields) => this.#sync(user, fields),
  };

  #send(user: FakeUser, fields: Fields): object {
    const chat = this.#chat(user, Number(fields.chat_id));
    const key = `${user.id} ${fields.client_message_id}`;
    const first = this.#sent.get(key);
    const message =
      first ?? chat.send(user.id, String(fields.content), String(fields.client_message_id));
    if (!first) message.media = this.files.of(fields.media_ids);
    this.#sent.set(key, message);
    if (!first) this.publish(chat, { type: 'new_message', message });
    const { id, seq, rev, created_at } = message;
    return { message_id: id, seq, rev, created_at, duplicate: first !== undefined };
  }

  #sync(user: FakeUser, fields: Fields): SyncAnswer {
    const asked = fields.chats as Record<string, number>;
    const chats: SyncAnswer['chats'] = {};
    for (const chat of this.#chatsOf(user)) {
      const rev = fields.epoch === this.epoch ? (asked[chat.id] ?? null) : null;
      const sync = chat.syncFor(user.id, rev);
      if (sync) chats[chat.id] = sync;
    }
    const mine = new Set(this.#chatsOf(user).map((chat) => String(chat.id)));
    const removed = Object.keys(asked).filter((id) => !mine.has(id));
    return { epoch: this.epoch, chats, removed: removed.map((id) => Number(id) as ChatId) };
  }

  #answer(method: string, path: string, init: RequestInit): Response {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : {};
    if (path === '/api/auth/login') return this.#login(body);
    if (path === '/api/auth/refresh') return this.#refreshed(String(body.refresh_token));
    const user = this.#userOf(init);
    if (path === '/api/auth/ws-ticket') return json({ ticket: this.#ticket(user), expires_in: 30 });
    const answer = this.answers.get(`${method} ${path}`)?.(body);
    if (answer === null) return new Response(null, { status: 204 });
    if (answer) return json(answer);
    if (path === '/api/auth/logout') return new Response(null, { status: 204 });
    if (path === '/api/chats' && method === 'GET') {
      const items = this.#chatsOf(user).map((chat) => chat.chatFor(user.id));
      return json({ items, next_cursor: null });
    }
    const details = /^\/api\/chats\/(\d+)$/.exec(path);
    if (details) {
      const chat = this.#chat(user, Number(details[1]));
      return json({ ...chat.chatFor(user.id), members: chat.allMembers(user.id) });
    }
    const page = /^\/api\/messages\/(\d+)$/.exec(path);
    if (page) return json(historyPage(this.#chat(user, Number(page[1]))));
    throw new Refusal('not_found');
  }

  #login(body: Fields): Response {
    const user = this.users.get(String(body.username));
    if (!user || user.password !== body.password) throw new Refusal('invalid_credentials');
    return json({ ...this.signIn(user), token_type: 'bearer', user: { ...user, password: null } });
  }

  #refreshed(token: string): Response {
    const user = this.#refresh.get(token);
    if (user === null) throw new Refusal('session_revoked');
    if (!user) throw new Refusal('invalid_token');
    this.#refresh.delete(token);
    return json({ ...this.signIn(user), token_type: 'bearer' });
  }

  #userOf(init: RequestInit): FakeUser {
    const header = new Headers(init.headers).get('Authorization') ?? '';
    const user = this.#access.get(header.replace('Bearer ', ''));
    if (!user) throw new Refusal('token_expired');
    return user;
  }

  #ticket(user: FakeUser): string {
    const ticket = `ticket-${++this.#serial}`;
    this.#tickets.set(ticket, user);
    return ticket;
  }

  #chat(user: FakeUser, id: number): FakeChat {
    const chat = this.chats.get(id as ChatId);
    if (!chat?.members.has(user.id)) throw new Refusal('not_found');
    return chat;
  }

  #chatsOf(user: FakeUser): FakeChat[] {
    return [...this.chats.values()].filter((chat) => chat.members.has(user.id));
  }

  #seqOf(chat: FakeChat, messageId: number): number {
    return chat.messages.find((message) => message.id === (messageId as MessageId))?.seq ?? 0;
  }
}

function historyPage(chat: FakeChat): object {
  return { items: chat.messages, has_more: false, next_before: null, next_after: null };
}
