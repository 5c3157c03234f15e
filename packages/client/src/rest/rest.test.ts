import { beforeEach, describe, expect, test } from 'bun:test';
import type { ChatId, MessageId, UserId } from '@confab/protocol';
import { ENDPOINTS } from '@confab/protocol';
import { type ClientError, RestError } from '../errors';
import { FakeTime } from '../testing/fake-time';
import { Rest } from './rest';
import { MemoryTokenStore, type TokenSet } from './tokens';
import { endpointUrl, serverUrl, socketUrl } from './url';

interface Call {
  readonly method: string | undefined;
  readonly url: string;
  readonly token: string | null;
  readonly body: unknown;
}

let calls: Call[];
let answers: ((call: Call) => Response | Promise<Response>)[];
let time: FakeTime;
let store: MemoryTokenStore;
let rest: Rest;

/** As stores of browsers are, whose tabs share them. */
class OneAtATime extends MemoryTokenStore {
  #last: Promise<unknown> = Promise.resolve();

  exclusively<T>(renewal: () => Promise<T>): Promise<T> {
    const run = this.#last.then(renewal);
    this.#last = run.catch(() => {});
    return run;
  }
}

const OLD: TokenSet = { access_token: 'old', refresh_token: 'r-old', expires_at: 0 };
const FRESH = {
  access_token: 'new',
  refresh_token: 'r-new',
  token_type: 'bearer',
  expires_in: 600,
};

beforeEach(() => {
  calls = [];
  answers = [];
  time = new FakeTime();
  store = new MemoryTokenStore(OLD);
  rest = make(store);
});

function make(tokens: MemoryTokenStore): Rest {
  const fetch = async (url: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('Authorization');
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const call = { method: init.method, url, token, body };
    calls.push(call);
    const answer = answers.shift();
    if (!answer) throw new Error(`nobody expected ${init.method} ${url}`);
    return answer(call);
  };
  return new Rest({ server: 'http://x', tokens, runtime: { ...time, fetch } });
}

const ok = (body: unknown) => () => new Response(JSON.stringify(body));
const refused =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify({ code, detail: `because ${code}`, request_id: 'r1' }), {
      status,
      headers,
    });
const failure = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: ClientError) => error,
  );

describe('a call', () => {
  test('is made of the endpoint, its parameters, query and body', async () => {
    answers = [ok({ items: [] }), ok({})];
    const chat_id = 7 as ChatId;
    await rest.call('listMessages', { params: { chat_id }, query: { limit: 5 } });
    const message_id = 9 as MessageId;
    await rest.call('addReaction', { params: { message_id, emoji: '👍' } });
    expect(calls).toEqual([
      {
        method: 'GET',
        url: 'http://x/api/messages/7?limit=5',
        token: 'Bearer old',
        body: undefined,
      },
      {
        method: 'PUT',
        url: `http://x/api/messages/9/reactions/${encodeURIComponent('👍')}`,
        token: 'Bearer old',
        body: undefined,
      },
    ]);
  });

  test('without a body in its answer gives nothing', async () => {
    answers = [() => new Response(null, { status: 204 })];
    expect(await rest.call('logout')).toBeUndefined();
  });

  test('takes no token where none is needed', async () => {
    answers = [ok({ ...FRESH, user: {} })];
    await rest.call('login', { body: { username: 'a', password: 'b' } });
    expect(calls[0]?.token).toBeNull();
  });
});

describe('a refusal', () => {
  test('is a RestError with what the problem document says', async () => {
    const problem = {
      code: 'invalid',
      detail: 'no such limit',
      request_id: 'r7',
      errors: [{ path: 'limit', message: 'too much' }],
    };
    answers = [() => new Response(JSON.stringify(problem), { status: 422 })];
    const error = await failure(rest.call('listChats'));
    expect(error).toBeInstanceOf(RestError);
    expect(error).toMatchObject({
      name: 'RestError',
      status: 422,
      code: 'invalid',
      detail: 'no such limit',
      errors: problem.errors,
      requestId: 'r7',
      temporary: false,
    });
  });

  test('says when to come again', async () => {
    answers = [refused(429, 'rate_limited', { 'Retry-After': '7' })];
    const error = await failure(rest.call('listChats'));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 7, temporary: true });
  });

  test('by a proxy is understood by its status', async () => {
    answers = [() => new Response('<html>Bad gateway</html>', { status: 502 })];
    expect(await failure(rest.call('listChats'))).toMatchObject({
      code: 'internal',
      status: 502,
      temporary: true,
    });
  });
});

describe('a server that cannot be asked', () => {
  test('is a network error', async () => {
    answers = [() => Promise.reject(new TypeError('refused'))];
    const error = await failure(rest.call('me'));
    expect(error).toMatchObject({ name: 'ClientError', code: 'network', temporary: true });
  });

  test('is a timeout when it never answers', async () => {
    const silent = new Rest({
      server: 'http://x',
      tokens: store,
      runtime: {
        ...time,
        fetch: (_url, init) =>
          new Promise((_, reject) =>
            init.signal?.addEventListener('abort', () => reject(new Error())),
          ),
      },
    });
    const failing = failure(silent.call('me'));
    await time.advance(30_000);
    expect(await failing).toMatchObject({ code: 'timeout' });
  });

  test('is a bad answer when it speaks of something else', async () => {
    answers = [() => new Response('<html>')];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'bad_answer', temporary: false });
  });
});

describe('a token that has ended', () => {
  test('is renewed once for all calls that meet it', async () => {
    const stale = refused(401, 'token_expired');
    answers = [stale, stale, ok(FRESH), ok({ id: 1 }), ok({ items: [] })];
    await Promise.all([rest.call('me'), rest.call('listChats')]);
    expect(calls.map((call) => `${call.url} ${call.token}`)).toEqual([
      'http://x/api/auth/me Bearer old',
      'http://x/api/chats Bearer old',
      'http://x/api/auth/refresh null',
      'http://x/api/auth/me Bearer new',
      'http://x/api/chats Bearer new',
    ]);
    expect(await store.load()).toEqual({
      access_token: 'new',
      refresh_token: 'r-new',
      expires_at: time.now() + 600_000,
    });
  });

  test('is taken from the store when another client renewed it', async () => {
    await rest.tokens.current();
    await store.save({ access_token: 'theirs', refresh_token: 'r-theirs', expires_at: 0 });
    answers = [refused(401, 'token_expired'), ok({ id: 1 })];
    await rest.call('me');
    expect(calls.map((call) => call.token)).toEqual(['Bearer old', 'Bearer theirs']);
  });

  test('is renewed by one at a time of the clients that share a store which sees to that', async () => {
    const shared = new OneAtATime(OLD);
    const stale = refused(401, 'token_expired');
    answers = [stale, stale, ok(FRESH), ok({ id: 1 }), ok({ id: 1 })];
    await Promise.all([make(shared).call('me'), make(shared).call('me')]);
    expect(calls.map((call) => call.token)).toEqual([
      'Bearer old',
      'Bearer old',
      null,
      'Bearer new',
      'Bearer new',
    ]);
  });

  test('ends the session when it cannot be renewed, and says so', async () => {
    const changes: unknown[] = [];
    rest.tokens.onChange = (tokens, how) => changes.push([tokens, how]);
    answers = [refused(401, 'token_expired'), refused(401, 'invalid_token')];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'signed_out' });
    expect(await store.load()).toBeNull();
    expect(changes).toEqual([[null, 'expired']]);
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'signed_out' });
  });

  test('does not end the session when the server could not be asked to renew it', async () => {
    answers = [refused(401, 'token_expired'), () => Promise.reject(new TypeError('refused'))];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'network' });
    expect(await store.load()).toEqual(OLD);
  });

  test('is not renewed for ever', async () => {
    const stale = refused(401, 'token_expired');
    answers = [stale, ok(FRESH), stale, ok({ ...FRESH, access_token: 'newer' }), stale];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'token_expired' });
    expect(calls).toHaveLength(5);
  });

  test.each([
    ['session_revoked', 401, 'ended'],
    ['account_inactive', 403, 'ended'],
    ['invalid_token', 401, 'expired'],
    ['token_expired', 401, 'expired'],
    ['unauthorized', 401, 'expired'],
  ])('and cannot be renewed, as %s tells, has %3$s', async (code, status, how) => {
    const ends: unknown[] = [];
    rest.tokens.onChange = (_, end) => ends.push(end);
    answers = [refused(401, 'session_revoked'), refused(status, code)];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'signed_out' });
    expect(ends).toEqual([how]);
  });

  test('is nobody’s any more when another client signed out', async () => {
    const ends: unknown[] = [];
    await rest.tokens.current();
    rest.tokens.onChange = (_, end) => ends.push(end);
    await store.save(null);
    answers = [refused(401, 'session_revoked')];
    expect(await failure(rest.call('me'))).toMatchObject({ code: 'signed_out' });
    expect(ends).toEqual(['left']);
  });
});

describe('addresses', () => {
  test('of servers may have a path, and end as they like', () => {
    expect(serverUrl('http://localhost:8000/')).toBe('http://localhost:8000');
    expect(serverUrl('https://example.org/chat/')).toBe('https://example.org/chat');
    expect(() => serverUrl('ftp://example.org')).toThrow('http');
    expect(() => serverUrl('localhost')).toThrow();
  });

  test('of sockets follow them', () => {
    expect(socketUrl('https://example.org/chat', 'a/b')).toBe('wss://example.org/chat/ws/a%2Fb');
  });

  test('of calls encode what is put into them', () => {
    const { getUser, searchUsers } = ENDPOINTS;
    expect(endpointUrl('http://x', getUser, { user_id: '../me' })).toBe(
      'http://x/api/users/..%2Fme',
    );
    expect(endpointUrl('http://x', searchUsers, {}, { q: 'a&b', cursor: undefined })).toBe(
      'http://x/api/users/search?q=a%26b',
    );
  });
});

/** These must not compile: the endpoint table says what a call takes. */
export const mistakes = () => {
  // @ts-expect-error its parameters are missing
  void rest.call('getChat');
  // @ts-expect-error a user's id is no chat's id
  void rest.call('getChat', { params: { chat_id: 1 as UserId } });
  // @ts-expect-error it has no body
  void rest.call('me', { body: {} });
  // @ts-expect-error the password is missing
  void rest.call('login', { body: { username: 'a' } });
};

describe('an answer that is no JSON', () => {
  test('comes as it is, with a token that was renewed on the way', async () => {
    answers.push(refused(401, 'token_expired'), ok(FRESH), () => new Response('PK'));
    const response = await rest.open('exportMe');
    expect(await response.text()).toBe('PK');
    expect(calls.map(({ url, token }) => [url, token])).toEqual([
      ['http://x/api/auth/me/export', 'Bearer old'],
      ['http://x/api/auth/refresh', null],
      ['http://x/api/auth/me/export', 'Bearer new'],
    ]);
  });

  test('is a RestError when the server refuses', async () => {
    answers.push(refused(429, 'rate_limited', { 'Retry-After': '10' }));
    const error = await failure(rest.open('exportMe'));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 10 });
  });
});
