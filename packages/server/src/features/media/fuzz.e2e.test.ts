import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { type TestFile, tryUpload } from '../../testing/files';
import { nothingLeft, takeStock } from '../../testing/leftovers';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { FIXTURE_FILES, fixture } from './testing/fixtures';
import { damages } from './testing/mutations';

/** Of all types together; FUZZ_FILES=2000 for a long look, FUZZ_SEED for another one. */
const LONG = process.env.FUZZ_FILES;
const FILES = Number(LONG ?? 100);
/** On a slow machine, a short look ends before it has seen all of them. */
const BUDGET_MS = LONG === undefined ? 15_000 : Number.POSITIVE_INFINITY;
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const AT_ONCE = 4;
const PATIENCE_MS = Math.max(120_000, FILES * 1000);
/** A file is looked into for a minute at most; an answer waits for three seconds of that. */
const HANG_MS = 30_000;
const REFUSALS = new Set([
  'corrupt_media',
  'media_too_complex',
  'type_mismatch',
  'unsupported_media_type',
  'invalid',
]);

interface Damaged extends TestFile {
  /** To find it again. */
  which: string;
}

/** Files of all types in turn, damaged in all ways in turn. */
function* damagedFiles(): Generator<Damaged> {
  const originals = FIXTURE_FILES.map(([name, type]) => ({
    name,
    type,
    whole: new Uint8Array(readFileSync(fixture(name))),
  }));
  const each = Math.ceil(FILES / originals.length);
  const streams = originals.map((original, at) => {
    const other = originals[(at + 1) % originals.length]?.whole ?? original.whole;
    return { ...original, bytes: damages(original.whole, other, { count: each, seed: SEED + at }) };
  });
  for (let round = 0; round < each; round++) {
    for (const { name, type, bytes } of streams) {
      const { value } = bytes.next();
      if (!value) continue;
      const base = name.slice(name.lastIndexOf('/') + 1);
      yield { name: base, type, bytes: value, which: `${name}, seed ${SEED}, round ${round}` };
    }
  }
}

describe('damaged files', () => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start({ env: { RATE_LIMITS: 'off' } });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());

  async function send(file: Damaged): Promise<void> {
    const started = performance.now();
    const { status, body } = await tryUpload(ann, [file]);
    expect(performance.now() - started, file.which).toBeLessThan(HANG_MS);
    if (status === 201) {
      expect((await ann.call('DELETE', body.items[0]?.url ?? '')).status, file.which).toBe(204);
    } else {
      expect(REFUSALS, `${file.which}: ${status}`).toContain(body.code as string);
    }
  }

  test(
    'are taken or refused by a code, and nothing is left of those that are not there',
    async () => {
      const before = await takeStock(server);
      const files = damagedFiles();
      const end = performance.now() + BUDGET_MS;
      let sent = 0;
      const sender = async () => {
        for (let each = files.next(); !each.done; each = files.next()) {
          await send(each.value);
          sent++;
          if (performance.now() > end) return;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sender));
      expect(sent).toBeGreaterThanOrEqual(AT_ONCE);
      await nothingLeft(server, before, { patienceMs: 60_000 });
      expect((await ann.call('GET', '/health')).status).toBe(200);
    },
    PATIENCE_MS,
  );
});
