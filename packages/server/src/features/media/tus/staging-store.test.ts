import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { StagingStore } from './staging-store';

describe('an upload in the folder', () => {
  let directory: string;
  let store: StagingStore;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'confab-staging-'));
    store = new StagingStore({ directory });
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('goes on where it was, and lets go of the memory of what is written', async () => {
    await writeFile(join(directory, 'one'), 'begun');
    const pieces = ['a', 'b', 'c'].map((text) => new Uint8Array(100_000).fill(text.charCodeAt(0)));
    const end = await store.write(Readable.from(pieces, { objectMode: false }), 'one', 5);
    expect(end).toBe(300_005);
    const expected = `begun${['a', 'b', 'c'].map((text) => text.repeat(100_000)).join('')}`;
    expect(await readFile(join(directory, 'one'), 'utf8')).toBe(expected);
    expect(pieces.map((piece) => piece.byteLength)).toEqual([0, 0, 0]);
  });
});
