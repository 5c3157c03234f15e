import type { Chat, Message, TokenWithUser } from '@confab/protocol';
import type { Recruit } from './crowd';
import { TestSocket } from './socket';

export interface Answer<T = unknown> {
  status: number;
  // Tests look into bodies of every shape, wrong ones included.
  body: T;
  headers: Headers;
}

/** Everybody's. */
export const PASSWORD = 'password';

/** A user of a test server, over plain fetch and WebSocket. */
export class TestUser {
  readonly #url: () => string;
  readonly username: string;
  token: string;
  refreshToken: string;
  readonly id: number;

  private constructor(url: () => string, identity: Recruit) {
    this.#url = url;
    this.username = identity.username;
    this.token = identity.accessToken;
    this.refreshToken = identity.refreshToken;
    this.id = identity.id;
  }

  static known(url: () => string, identity: Recruit): TestUser {
    return new TestUser(url, identity);
  }

  static async register(url: () => string, username: string): Promise<TestUser> {
    const body = { username, email: `${username}@example.org`, password: PASSWORD };
    const answer = await call<TokenWithUser>(url(), 'POST', '/api/auth/register', { body });
    if (answer.status !== 201) throw new Error(`Register: ${JSON.stringify(answer.body)}`);
    return new TestUser(url, identityOf(answer.body));
  }

  /** The same user on another device: a session of its own. */
  async signIn(): Promise<TestUser> {
    const body = { username: this.username, password: PASSWORD };
    const answer = await call<TokenWithUser>(this.#url(), 'POST', '/api/auth/login', { body });
    if (answer.status !== 200) throw new Error(`Login: ${JSON.stringify(answer.body)}`);
    return new TestUser(this.#url, identityOf(answer.body));
  }

  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<T>> {
    return call<T>(this.#url(), method, path, { token: this.token, body });
  }

  /** For bodies and answers that are no JSON. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.token}`);
    return fetch(this.#url() + path, { ...init, headers });
  }

  /** The body of a call that must succeed. */
  async must<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  group(name: string, ...members: TestUser[]): Promise<Chat> {
    return this.must('POST', '/api/chats/group', { name, member_ids: members.map((m) => m.id) });
  }

  direct(other: TestUser): Promise<Chat> {
    return this.must('POST', '/api/chats/direct', { user_id: other.id });
  }

  send(chatId: number, content: string, more: Record<string, unknown> = {}): Promise<Message> {
    return this.must('POST', `/api/messages/${chatId}`, { content, ...more });
  }

  /** Opens a WebSocket and waits for `ready`. */
  connect(options: { confirms?: boolean } = {}): Promise<TestSocket> {
    return TestSocket.open(this.#url(), this.token, options.confirms ?? false);
  }
}

function identityOf(signedIn: TokenWithUser): Recruit {
  return {
    id: signedIn.user.id,
    username: signedIn.user.username,
    accessToken: signedIn.access_token,
    refreshToken: signedIn.refresh_token,
  };
}

export async function call<T = Record<string, unknown>>(
  url: string,
  method: string,
  path: string,
  options: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  const init: RequestInit = { method, headers };
  if (options.body !== undefined) {
    headers['content-type'] ??= 'application/json';
    init.body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  }
  const response = await fetch(url + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const body = (text && isJson ? JSON.parse(text) : text) as T;
  return { status: response.status, body, headers: response.headers };
}
