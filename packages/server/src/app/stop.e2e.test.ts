import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Chat, MessagePage, TokenWithUser } from '@confab/protocol';
import { DIALECTS, type TestDatabase, testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';
import { TestUser } from '../testing/user';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);
/** Far more than a stop takes, on a busy machine too. */
const GRACE_S = 20;

describe.each(DIALECTS)('stopping on %s', (dialect) => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  async function start() {
    database = await testDatabase(dialect);
    const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', ...database.env };
    const server = new ServerProcess({
      ...env,
      SHUTDOWN_GRACE_S: String(GRACE_S),
      RATE_LIMITS: 'off',
    });
    const url = await server.url();
    return { server, env, url, user: (name: string) => TestUser.register(() => url, name) };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s closes every socket with 4012 and exits with 0 within the grace',
    async (signal) => {
      const { server, user } = await start();
      const ann = await user('ann');
      const sockets = await Promise.all(Array.from({ length: 5 }, () => ann.connect()));
      const began = performance.now();
      server.kill(signal);
      for (const socket of sockets) expect(await socket.closed()).toBe(4012);
      expect(await server.exited()).toBe(0);
      expect(performance.now() - began).toBeLessThan((GRACE_S - 1) * 1000);
      await expect(ann.call('GET', '/health')).rejects.toThrow();
    },
  );

  test('finishes what it took: every acknowledged message is there afterwards, once', async () => {
    const { server, env, user } = await start();
    const ann = await user('ann');
    const chat = await ann.group('Last words');
    const socket = await ann.connect();
    const acknowledged = () =>
      socket.frames.flatMap((frame) => (frame.type === 'ack' ? [frame.request_id] : []));
    for (let n = 0; n < 400; n++) {
      socket.send({
        type: 'send_message',
        request_id: `m${n}`,
        chat_id: chat.id,
        content: `m${n}`,
      });
    }
    await socket.until(() => acknowledged().length > 20, 'the first acks');
    server.kill('SIGTERM');
    expect(await socket.closed()).toBe(4012);
    expect(await server.exited()).toBe(0);

    const next = new ServerProcess({ ...env, RATE_LIMITS: 'off' });
    const url = await next.url();
    const login = { username: 'ann', password: 'password' };
    const again = (await (
      await fetch(`${url}/api/auth/login`, { method: 'POST', body: JSON.stringify(login) })
    ).json()) as TokenWithUser;
    const headers = { authorization: `Bearer ${again.access_token}` };
    const stored: string[] = [];
    for (let after: number | null = null; ; ) {
      const query: string = after === null ? '' : `&before=${after}`;
      const path = `${url}/api/messages/${chat.id}?limit=100${query}`;
      const page = (await (await fetch(path, { headers })).json()) as MessagePage;
      stored.unshift(...page.items.map((message) => message.content));
      after = page.next_before;
      if (after === null) break;
    }
    expect(new Set(stored).size).toBe(stored.length);
    expect(stored).toEqual(expect.arrayContaining(acknowledged() as string[]));
    next.kill('SIGKILL');
    await next.exited();
  });

  test('with a request under way answers it', async () => {
    const { server, user } = await start();
    const [ann, bob] = [await user('ann'), await user('bob')];
    const sends = Array.from({ length: 50 }, (_, i) => [ann, bob][i % 2] as TestUser).map(
      async (who, i) => {
        const chat = await who.must<Chat>('POST', '/api/chats/group', { name: `G${i}` });
        return who.send(chat.id, 'under way').then(
          (message) => message.content,
          () => 'refused',
        );
      },
    );
    await Promise.race(sends);
    server.kill('SIGTERM');
    const ends = await Promise.allSettled(sends);
    expect(await server.exited()).toBe(0);
    for (const end of ends) {
      if (end.status === 'fulfilled') expect(['under way', 'refused']).toContain(end.value);
    }
    expect(server.output).not.toContain('"level":"error"');
  });
});
