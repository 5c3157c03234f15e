import { afterEach, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../packages/server/src/simulation/random';
import { DIALECTS } from '../packages/server/src/testing/databases';
import type { TestFile } from '../packages/server/src/testing/files';
import { count } from '../packages/server/src/testing/peek';
import { storedFiles } from '../packages/server/src/testing/stored';
import { TestUser } from '../packages/server/src/testing/user';
import { eventually, Waiting } from '../packages/server/src/testing/waiting';
import { MortalServer } from './support/mortal-server';
import { Uploader } from './support/uploaders';

const PHOTO = readFileSync(
  join(import.meta.dir, '../packages/server/src/features/media/testing/fixtures/photo.jpg'),
);
/** KILLS=50 for a long look, KILL_SEED for other moments. */
const KILLS = Number(process.env.KILLS ?? 4);
const SEED = process.env.KILL_SEED ?? '1';
const PATIENCE_MS = 30_000 + KILLS * 30_000;

describe.each(DIALECTS)('a server on %s that is killed while files come', (dialect) => {
  let server: MortalServer;
  afterEach(() => server.drop());

  const random = new Random(`kill ${SEED}`);
  let made = 0;
  /** A photo, or a text of up to 600 KB. */
  const someFile = (): TestFile => {
    made++;
    if (made % 3 === 0) return { name: `${made}.jpg`, type: '', bytes: new Uint8Array(PHOTO) };
    const bytes = Buffer.alloc(1 + random.below(600_000), `${made} words `);
    return { name: `${made}.txt`, type: '', bytes: new Uint8Array(bytes) };
  };

  /** Uploads in both ways at once, until the server is killed somewhere in them. */
  async function uploadAndKill(ann: TestUser): Promise<Uploader> {
    const waiting = new Waiting();
    const moment = 1 + random.below(12);
    let heard = 0;
    const uploader = new Uploader(ann, someFile, () => {
      heard++;
      waiting.changed();
    });
    const ways = [uploader.sendForms(), uploader.sendForms(), uploader.sendPieces()];
    const killed = waiting
      .until(
        () => heard >= moment,
        () => 'No answers came',
      )
      .then(() => server.kill());
    await Promise.all([killed, ...ways]);
    return uploader;
  }

  /** Nothing but what there are rows of; and every file that there is a row of. */
  async function expectWhole() {
    const { env } = server.database;
    const directory = env.STORAGE_DIR ?? '';
    const number = (sql: string) => count(env, sql);
    await eventually(
      async () =>
        (await number('select count(*) from doomed_files')) === 0 &&
        (await number("select count(*) from media where state <> 'ready'")) === 0,
      'the end of what was left to do',
    );
    const files = storedFiles(directory);
    const below = (folder: string) => files.filter((path) => path.startsWith(folder)).length;
    expect(below('media/')).toBe(await number('select count(*) from media'));
    expect(below('thumbnails/')).toBe(
      await number('select count(*) from media where thumbnail_key is not null'),
    );
    expect(files.filter((path) => /^incoming\/(?!tus\/)/.test(path))).toEqual([]);
  }

  test(
    'has after each start what it confirmed, and nothing else',
    async () => {
      server = await MortalServer.start(dialect);
      const ann = await TestUser.register(() => server.url, 'ann');
      for (let round = 0; round < KILLS; round++) {
        const uploader = await uploadAndKill(ann);
        await server.start();
        for (const [at, { confirmed }] of uploader.begun) {
          const offset = await uploader.offsetOf(at);
          if (offset !== undefined) expect(offset).toBeGreaterThanOrEqual(confirmed);
          if (offset !== undefined) await uploader.finish(at);
        }
        await expectWhole();
        for (const path of uploader.known) {
          expect((await ann.fetch(path, { method: 'HEAD' })).status, path).toBe(200);
        }
        const pieces = storedFiles(server.database.env.STORAGE_DIR ?? '').filter((path) =>
          path.startsWith('incoming/'),
        );
        const begun = new Set(
          pieces.map((path) => `/api/media/${path.replace(/^incoming\/|\.json$/g, '')}`),
        );
        expect([...begun].filter((path) => uploader.heardOf.has(path))).toEqual([]);
        // One whose beginning the kill left without an answer waits for somebody to go on, for a day.
        expect(begun.size).toBeLessThanOrEqual(round + 1);
      }
    },
    PATIENCE_MS,
  );
});
