import { afterEach, expect, test } from 'bun:test';
import pino from 'pino';
import { readSettings } from '../config/settings';
import { DIALECTS, type TestDatabase, testDatabase } from '../testing/databases';
import { ManualClock } from '../testing/manual-clock';
import { TestUser } from '../testing/user';
import { startServer } from './server';

let database: TestDatabase;
afterEach(() => database.drop());

test.each(DIALECTS)(
  'receipts that nobody was told of are not looked up after a stop, on %s',
  async (dialect) => {
    database = await testDatabase(dialect);
    const clock = new ManualClock(Date.now());
    const errors: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
    const settings = readSettings({
      HOST: '127.0.0.1',
      PORT: '0',
      ACCESS_TOKEN_TTL_S: '86400',
      ...database.env,
    });
    let server = await startServer(settings, log, { clock });
    const user = (name: string) => TestUser.register(() => server.url, name);
    const [ann, bob] = [await user('ann'), await user('bob')];
    const chat = await ann.direct(bob);
    const { id } = await ann.send(chat.id, 'hello');
    await server.stop();
    // One that has just started remembers no messages: whose they are it has to ask.
    server = await startServer(settings, log, { clock });
    await ann.connect();
    await bob.must('POST', `/api/messages/${id}/read`);
    await server.stop();
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(errors).toEqual([]);
  },
);
