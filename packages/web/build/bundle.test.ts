import { afterAll, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../server/src/testing/waiting';
import { build } from './bundle';
import { stampOfSources } from './stamp';

const place = mkdtempSync(join(tmpdir(), 'confab-bundle-'));
const folder = join(place, 'app');
afterAll(() => rmSync(place, { recursive: true }));

/** What another process builds into the folder; a file tells it from ours. */
async function another(stamp: string): Promise<void> {
  await mkdir(folder);
  await Bun.write(join(folder, 'theirs'), '');
  await Bun.write(join(folder, 'stamp'), stamp);
}

test('an app that another process built meanwhile stays, as that one serves it', async () => {
  const building = build(folder);
  await eventually(() => existsSync(`${folder}.${process.pid}`), 'the building');
  await another(await stampOfSources());
  expect(await building).toBe('kept');
  expect(existsSync(join(folder, 'theirs'))).toBe(true);
  expect(readdirSync(place)).toEqual(['app']);
}, 60_000);

test('an app of other sources is replaced', async () => {
  rmSync(folder, { recursive: true });
  await another('of other sources');
  expect(await build(folder)).toBe('built');
  expect(existsSync(join(folder, 'theirs'))).toBe(false);
  expect(readdirSync(place)).toEqual(['app']);
  expect(await build(folder)).toBe('kept');
}, 60_000);
