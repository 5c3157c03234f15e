import { beforeEach, describe, expect, test } from 'bun:test';
import type { ClientError } from '../errors';
import type { FakeChat, FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness, texts } from '../testing/harness';

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let bob: FakeUser;
let chat: FakeChat;

beforeEach(() => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  bob = server.addUser('bob');
  chat = server.addChat(null, [alice, bob]);
});

const advance = (ms: number) => harness.time.advance(ms);

describe('connecting', () => {
  test('goes by a ticket and the subprotocol, and ends with the chats at hand', async () => {
    server.say(chat, bob, 'before');
    const { client, states, heard } = await harness.connected(alice);
    expect(states).toEqual(['connecting', 'syncing', 'online']);
    expect(server.calls).toEqual(['POST /api/auth/ws-ticket']);
    expect(server.sockets[0]?.socket.protocols).toEqual(['confab.v1']);
    expect(server.sockets[0]?.socket.url).toStartWith('ws://fake/ws/ticket-');
    expect(client.chats().map((c) => [c.id, c.unread_count])).toEqual([[chat.id, 1]]);
    expect(texts(client.messages(chat.id))).toEqual(['before']);
    // What was there at the first load is history.
    expect(heard).toEqual([]);
  });

  test('an access token that has ended is renewed on the way', async () => {
    const seat = harness.seat(alice);
    server.expireTokens();
    void seat.client.connect();
    await advance(0);
    expect(seat.client.connection.name).toBe('online');
    expect(server.calls).toEqual([
      'POST /api/auth/ws-ticket',
      'POST /api/auth/refresh',
      'POST /api/auth/ws-ticket',
    ]);
  });

  test('without a session it fails and says so', async () => {
    const seat = harness.seat(alice);
    server.revokeAll();
    const ends: string[] = [];
    seat.client.on('signed_out', ({ how }) => ends.push(how));
    const failure = seat.client.connect().catch((error: ClientError) => error.code);
    await advance(0);
    expect(await failure).toBe('signed_out');
    expect(ends).toEqual(['ended']);
    expect(await seat.tokens.load()).toBeNull();
  });

  test('is tried again, ever less often, until the server is there', async () => {
    server.isDown = true;
    const seat = harness.seat(alice);
    void seat.client.connect();
    await advance(30_000);
    // At once, and after pauses of half of 0.25, 0.5, 1, 2, 4, 8 and then 10 seconds.
    expect(seat.states.filter((state) => state === 'connecting')).toHaveLength(11);
    server.start();
    await advance(5_000);
    expect(seat.client.connection.name).toBe('online');
  });

  test('tells when the next try comes, while there is one to come', async () => {
    server.isDown = true;
    const { client } = harness.seat(alice);
    expect(client.retryAt).toBeNull();
    void client.connect();
    await advance(0);
    expect(client.retryAt).toBe(harness.time.now() + 125);
    server.start();
    await advance(125);
    expect([client.connection.name, client.retryAt]).toEqual(['online', null]);
  });

  test('is tried at once when the network comes up, or the app says so', async () => {
    server.isDown = true;
    const seat = harness.seat(alice);
    void seat.client.connect();
    await advance(30_000);
    server.start();
    seat.client.reconnect();
    await advance(0);
    expect(seat.client.connection.name).toBe('online');
    server.dropAll(4029);
    harness.networkUp();
    await advance(0);
    expect(seat.client.connection.name).toBe('online');
  });

  test('gives up where no answer comes, and tries again', async () => {
    const seat = harness.seat(alice);
    const { openSocket } = server;
    let dead = 1;
    Object.assign(server, {
      openSocket: (url: string, protocols: string[]) => {
        const socket = openSocket(url, protocols);
        if (dead-- > 0) socket.open = () => {};
        return socket;
      },
    });
    const again = new Harness(server);
    const { tokens, state, outbox } = seat;
    const other = again.seat(bob, { tokens, state, outbox });
    void other.client.connect();
    await again.time.advance(14_000);
    expect(other.client.connection.name).toBe('connecting');
    await again.time.advance(2_000);
    expect(other.client.connection.name).toBe('online');
  });
});

describe('a connection that breaks', () => {
  test('comes back and tells of what was missed, once', async () => {
    const a = await harness.connected(alice);
    server.say(chat, bob, 'one');
    server.dropAll();
    server.say(chat, bob, 'two');
    await advance(1_000);
    server.say(chat, bob, 'three');
    await advance(0);
    expect(texts(a.heard)).toEqual(['one', 'two', 'three']);
    expect(a.faults).toEqual([]);
  });

  test('after which nothing has changed needs no sync', async () => {
    const a = await harness.connected(alice);
    server.dropAll(4012);
    await advance(1_000);
    expect(a.states.slice(3)).toEqual(['waiting', 'connecting', 'online']);
  });

  test('is known by the silence, after a ping', async () => {
    const a = await harness.connected(alice);
    const socket = server.sockets[0]?.socket;
    if (socket) socket.onsend = () => {};
    await advance(32_000);
    // Only what has an id is answered.
    const ping = socket?.sent.find((frame) => frame.type === 'ping');
    expect(ping?.request_id).toBeString();
    expect(a.client.connection.name).toBe('online');
    await advance(31_000);
    expect(socket?.closedWith).toBe(1000);
    await advance(1_000);
    expect(a.client.connection.name).toBe('online');
  });

  test('is kept when a ping is answered while heartbeats fail to come', async () => {
    const a = await harness.connected(alice);
    await advance(120_000);
    expect(a.states).toEqual(['connecting', 'syncing', 'online']);
  });

  test('is known soon where the network came up anew', async () => {
    const a = await harness.connected(alice);
    const socket = server.sockets[0]?.socket;
    if (socket) socket.onsend = () => {};
    for (let second = 0; second < 4; second++) {
      a.client.reconnect();
      await advance(1_000);
    }
    expect(socket?.sent.filter((frame) => frame.type === 'ping')).toHaveLength(1);
    await advance(2_000);
    expect(socket?.closedWith).toBe(1000);
    expect(a.client.connection.name).toBe('online');
  });

  test('is left alone by a network that came up anew, when it lives', async () => {
    const a = await harness.connected(alice);
    harness.networkUp();
    await advance(6_000);
    expect(a.states).toEqual(['connecting', 'syncing', 'online']);
    expect(server.sockets[0]?.socket.sent.map((frame) => frame.type)).toContain('ping');
  });

  test('a restored server is another history: chats start afresh', async () => {
    const a = await harness.connected(alice);
    server.say(chat, bob, 'kept');
    await advance(0);
    const resets: number[] = [];
    a.client.on('chat_reset', ({ chat_id }) => resets.push(chat_id));
    server.epoch = 'restored';
    server.dropAll();
    await advance(1_000);
    expect(resets).toEqual([chat.id]);
    expect(texts(a.client.messages(chat.id))).toEqual(['kept']);
  });

  test('ends when the server says that it is of no use', async () => {
    const reasons: string[] = [];
    const watch = ({ state }: { state: { name: string; reason?: string } }) => {
      if (state.name === 'stopped' && state.reason) reasons.push(state.reason);
    };
    for (const code of [4400, 4403]) {
      const seat = await harness.connected(alice);
      seat.client.on('connection', watch);
      server.dropAll(code);
      await advance(120_000);
      expect(seat.client.connection.name).toBe('stopped');
    }
    expect(reasons).toEqual(['refused', 'banned']);
  });

  test('waits long after flooding', async () => {
    const a = await harness.connected(alice);
    server.dropAll(4029);
    await advance(14_000);
    expect(a.client.connection.name).toBe('waiting');
    await advance(16_000);
    expect(a.client.connection.name).toBe('online');
  });

  test('gets a new token first when the old one was refused', async () => {
    const a = await harness.connected(alice);
    server.calls.length = 0;
    server.dropAll(4401);
    await advance(0);
    expect(server.calls.slice(0, 2)).toEqual([
      'POST /api/auth/refresh',
      'POST /api/auth/ws-ticket',
    ]);
    expect(a.client.connection.name).toBe('online');
  });
});

describe('a session', () => {
  test('is renewed before its token ends, and the open socket told', async () => {
    const seat = await harness.connected(alice);
    for (let minute = 0; minute < 9.5; minute += 0.5) {
      server.heartbeat();
      await advance(30_000);
    }
    expect(server.calls).toContain('POST /api/auth/refresh');
    const sent = server.sockets[0]?.socket.sent ?? [];
    expect(sent.find((frame) => frame.type === 'token_refresh')).toMatchObject({
      access_token: (await seat.tokens.load())?.access_token,
    });
  });

  test('that is closed leaves nothing behind that runs', async () => {
    const a = await harness.connected(alice);
    a.client.typing(chat.id);
    server.say(chat, bob, 'hi');
    await advance(0);
    await a.client.close();
    await advance(0);
    expect(harness.time.timers).toBe(0);
    expect(server.sockets).toEqual([]);
  });
});

describe('a heartbeat', () => {
  test('that counts more than is held leads to a sync, though not at once', async () => {
    const a = await harness.connected(alice);
    server.delivers = () => false;
    server.say(chat, bob, 'lost on the way');
    server.heartbeat();
    await advance(1_000);
    expect(a.heard).toEqual([]);
    await advance(2_000);
    expect(texts(a.heard)).toEqual(['lost on the way']);
  });

  test('that ran ahead of an event does not', async () => {
    await harness.connected(alice);
    const message = chat.send(bob.id, 'on the way');
    server.heartbeat();
    await advance(1_000);
    server.publish(chat, { type: 'new_message', message });
    await advance(5_000);
    const syncs = server.sockets[0]?.socket.sent.filter((frame) => frame.type === 'sync');
    expect(syncs).toHaveLength(1);
  });
});
