import { expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { openTestDatabase } from '../testing/storage/open';
import { put } from '../testing/storage/writes';

/** Far below where the writer would shorten the log by itself. */
const BOUND_BYTES = 40 * 1024 * 1024;
const BATCH = 512;
/** Their log, were it never begun anew, would have 60 MB at least. */
const BATCHES = 60;

test('the log of a server that never rests stays short', async () => {
  const open = await openTestDatabase('sqlite');
  try {
    const { committer } = open.database;
    const value = 'x'.repeat(2000);
    for (let batch = 0; batch < BATCHES; batch++) {
      const keys = Array.from({ length: BATCH }, () => crypto.randomUUID());
      await Promise.all(keys.map((key) => committer.submit(put, { key, value }, 0)));
    }
    const path = open.location.dialect === 'sqlite' ? open.location.path : '';
    expect(statSync(path).size).toBeGreaterThan(BOUND_BYTES);
    expect(statSync(`${path}-wal`).size).toBeLessThan(BOUND_BYTES);
  } finally {
    await open.drop();
  }
}, 60_000);
