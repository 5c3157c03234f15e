import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { MessagePage } from '@confab/protocol';
import { DIALECTS, type TestDatabase, testDatabase } from '../../../testing/databases';
import { ServerProcess } from '../../../testing/process';
import { storedFiles } from '../../../testing/stored';
import { TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';

/** Servers are started and killed, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

const PATH = '/api/media/tus';
const WORDS = Buffer.from('some words');
const MOMENTS = ['stored', 'taken'] as const;
const CASES = DIALECTS.flatMap((dialect) => MOMENTS.map((moment) => [dialect, moment] as const));

describe.each(CASES)(
  'a server on %s that dies when a resumable upload is %s',
  (dialect, moment) => {
    let database: TestDatabase;
    let server: ServerProcess;
    let url = '';
    let ann: TestUser;
    let chatId = 0;

    beforeEach(async () => {
      database = await testDatabase(dialect);
      await start(new URL(`../testing/dies-when-${moment}.ts`, import.meta.url).pathname);
      ann = await TestUser.register(() => url, 'ann');
      chatId = (await ann.direct(ann)).id;
    });
    afterEach(async () => {
      server.kill('SIGKILL');
      await server.exited();
      await database.drop();
    });

    async function start(preload?: string) {
      const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', RATE_LIMITS: 'off' };
      server = new ServerProcess({ ...env, ...database.env }, [], preload);
      url = await server.url();
    }

    const ask = (
      method: string,
      path: string,
      headers: Record<string, string>,
      body: BodyInit | null = null,
    ) => ann.fetch(path, { method, body, headers: { 'tus-resumable': '1.0.0', ...headers } });

    /** An upload that came as a whole, and whose end nobody was told. */
    async function unanswered(fields: string): Promise<string> {
      const created = await ask('POST', PATH, {
        'upload-length': String(WORDS.length),
        'upload-metadata': `filename ${btoa('notes.txt')}${fields}`,
      });
      const at = created.headers.get('location') ?? '';
      await expect(end(at, 0, WORDS)).rejects.toThrow();
      await server.exited();
      await start();
      return at;
    }

    const end = (at: string, offset: number, body: BodyInit) =>
      ask(
        'PATCH',
        at,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        body,
      );
    const idOf = (answer: Response) => Number(answer.headers.get('x-media-id'));
    const files = () => storedFiles(database.env.STORAGE_DIR ?? '');

    test('gives its message one file, whatever the client sends again', async () => {
      const message = await ann.send(chatId, '', { message_type: 'file' });
      const at = await unanswered(`,message_id ${btoa(String(message.id))}`);
      const answers = await Promise.all([ask('HEAD', at, {}), ask('HEAD', at, {})]);
      const ids = new Set([...answers, await end(at, WORDS.length, Buffer.alloc(0))].map(idOf));
      expect(ids.size).toBe(1);
      const page = await ann.must<MessagePage>('GET', `/api/messages/${chatId}`);
      expect(new Set(page.items[0]?.media.map((file) => file.id as number))).toEqual(ids);
      expect(page.items[0]?.media).toHaveLength(1);
      await eventually(() => files().length === 1, 'one file alone');
    });

    test('has one file to send, also when the client asks after another start', async () => {
      const at = await unanswered('');
      const id = idOf(await end(at, WORDS.length, Buffer.alloc(0)));
      expect(id).toBeGreaterThan(0);
      server.kill('SIGKILL');
      await server.exited();
      await start();
      const head = await ask('HEAD', at, {});
      expect([idOf(head), head.headers.get('upload-offset')]).toEqual([id, String(WORDS.length)]);
      const sent = await ann.send(chatId, '', { media_ids: [id] });
      expect(sent.media.map((file) => file.id as number)).toEqual([id]);
      await eventually(() => files().length === 1, 'one file alone');
    });
  },
);
