import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { connect } from 'node:net';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { picture, text, upload } from '../../testing/files';
import { ServerProcess } from '../../testing/process';
import { storedFiles } from '../../testing/stored';
import { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

/** Servers are started and killed, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

describe.each(DIALECTS)('a server on %s that is killed', (dialect) => {
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

  async function killAndStart() {
    server?.kill('SIGKILL');
    await server?.exited();
    await start();
  }

  /** The beginning of an upload whose end never comes. */
  function beginUpload(user: TestUser) {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const part = 'content-disposition: form-data; name="file"; filename="half.txt"';
    socket.write(
      `POST /api/media/upload HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n` +
        'content-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n' +
        `--x\r\n${part}\r\n\r\n${'half of it '.repeat(20_000)}`,
    );
    return socket;
  }

  test('in the middle of uploads has nothing left of them when it starts again', async () => {
    database = await testDatabase(dialect);
    const directory = database.env.STORAGE_DIR ?? '';
    await start();
    const ann = await TestUser.register(() => url, 'ann');
    const [file] = await upload(ann, [text('whole')]);
    const socket = beginUpload(ann);
    await eventually(
      () => storedFiles(directory).some((path) => path.startsWith('incoming/part-')),
      'the first half of an upload',
    );
    const under = Array.from({ length: 20 }, (_, i) =>
      upload(ann, [picture(`${i}.png`)]).catch(() => undefined),
    );
    await Promise.race(under);
    await killAndStart();
    socket.destroy();
    const known = (await Promise.all(under)).flatMap((items) => items ?? []);
    // Whoever got an answer has their file; of those who got none, there is a whole file or nothing.
    for (const each of [file, ...known]) {
      expect((await ann.fetch(each?.url ?? '')).status).toBe(200);
    }
    await eventually(async () => {
      const files = storedFiles(directory);
      const listed = await listedFiles(ann, files.length + 40);
      return (
        files.every((path) => path.startsWith('media/') || path.startsWith('thumbnails/')) &&
        listed.files === files.filter((path) => path.startsWith('media/')).length &&
        listed.thumbnails === files.filter((path) => path.startsWith('thumbnails/')).length
      );
    }, 'a store with nothing but what is known');
  });

  /** How many files there are by the answers of the server, up to an id. */
  async function listedFiles(user: TestUser, upTo: number) {
    const all = { files: 0, thumbnails: 0 };
    for (let id = 1; id <= upTo; id++) {
      const answer = await user.call<{ thumbnail_path: string | null }>(
        'GET',
        `/api/media/${id}/info`,
      );
      if (answer.status !== 200) continue;
      all.files++;
      if (answer.body.thumbnail_path !== null) all.thumbnails++;
    }
    return all;
  }
});
