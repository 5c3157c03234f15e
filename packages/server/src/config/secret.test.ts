import { afterEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSecret } from './secret';
import { readSettings } from './settings';

describe('the secret', () => {
  const directories: string[] = [];
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });
  function storage(): string {
    const directory = mkdtempSync(join(tmpdir(), 'confab-test-'));
    directories.push(directory);
    return directory;
  }
  const resolve = (env: Record<string, string>) => resolveSecret(readSettings(env));
  const production = { CONFAB_ENV: 'production' };

  test('that is set is taken', () => {
    const SECRET_KEY = 'x'.repeat(32);
    expect(resolve({ SECRET_KEY })).toBe(SECRET_KEY);
    expect(resolve({ SECRET_KEY, ...production })).toBe(SECRET_KEY);
  });

  test('may be anything in development', () => {
    expect(resolve({ SECRET_KEY: 'short' })).toBe('short');
  });

  test.each([
    ['', 'must be set'],
    ['x'.repeat(31), 'at least 32 bytes'],
    ['your-super-secret-key-change-in-production', 'everybody knows'],
  ])('"%s" stops a start in production', (SECRET_KEY, why) => {
    expect(() => resolve({ SECRET_KEY, ...production })).toThrow(why);
  });

  test('is counted in bytes', () => {
    expect(resolve({ SECRET_KEY: 'é'.repeat(16), ...production })).toHaveLength(16);
  });

  test('is made once, kept where nobody else reads it, with nothing left beside it', () => {
    const STORAGE_DIR = join(storage(), 'new', 'directory');
    const made = resolve({ STORAGE_DIR });
    expect(Buffer.byteLength(made)).toBeGreaterThanOrEqual(48);
    expect(resolve({ STORAGE_DIR })).toBe(made);
    expect(readdirSync(STORAGE_DIR)).toEqual(['secret']);
    expect(statSync(join(STORAGE_DIR, 'secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(STORAGE_DIR, 'secret'), 'utf8')).toBe(`${made}\n`);
    expect(resolve({ STORAGE_DIR: storage() })).not.toBe(made);
  });

  test('that is damaged stops the start and names its file', () => {
    const STORAGE_DIR = storage();
    writeFileSync(join(STORAGE_DIR, 'secret'), 'cut o');
    expect(() => resolve({ STORAGE_DIR })).toThrow(join(STORAGE_DIR, 'secret'));
  });
});
