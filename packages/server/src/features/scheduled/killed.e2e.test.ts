import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { CursorPage, MessagePage, ScheduledMessage } from '@confab/protocol';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { ServerProcess } from '../../testing/process';
import { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

const PATH = '/api/messages/scheduled';
const COUNT = 60;
/** By then all are scheduled, on a busy machine too. */
const SOON_MS = 5_000;

describe.each(DIALECTS)('a server on %s', (dialect) => {
  let database: TestDatabase;
  let server: ServerProcess | undefined;
  let url = '';
  afterEach(async () => {
    server?.kill('SIGKILL');
    await server?.exited();
    await database.drop();
  });

  async function start() {
    const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', RATE_LIMITS: 'off' };
    server = new ServerProcess({ ...env, ...database.env });
    url = await server.url();
  }

  test('that is killed while it sends scheduled messages sends each once, in order', async () => {
    database = await testDatabase(dialect);
    await start();
    const ann = await TestUser.register(() => url, 'ann');
    const chat = await ann.direct(ann);
    const socket = await ann.connect();
    const body = { chat_id: chat.id, send_at: new Date(Date.now() + SOON_MS).toISOString() };
    const made = await Promise.all(
      Array.from({ length: COUNT }, (_, n) =>
        ann.must<ScheduledMessage>('POST', PATH, { ...body, content: `m${n}` }),
      ),
    );
    const contents = made.sort((a, b) => a.id - b.id).map((each) => each.content);
    await socket.until(() => socket.all('new_message').length >= 3, 'the first messages');
    server?.kill('SIGKILL');
    await server?.exited();

    await start();
    const list = () => ann.must<CursorPage<ScheduledMessage>>('GET', `${PATH}?limit=100`);
    await eventually(async () => (await list()).items.length === 0, 'the last message');
    const path = `/api/messages/${chat.id}?limit=100`;
    const { items } = await ann.must<MessagePage>('GET', path);
    expect(items.map((message) => message.content)).toEqual(contents);
  });
});
