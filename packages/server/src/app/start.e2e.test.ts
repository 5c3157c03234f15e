import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../config/settings';
import { testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';

/** What a start that fails says, and that it fails. */
async function refusal(env: Record<string, string>): Promise<string> {
  const server = new ServerProcess(env);
  expect(await server.exited()).toBe(1);
  expect(server.output).not.toContain('    at ');
  return server.output;
}

describe('a start', () => {
  const drops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const drop of drops) await drop();
  });
  async function storage(): Promise<Record<string, string> & { STORAGE_DIR: string }> {
    const { env, drop } = await testDatabase('sqlite');
    drops.push(drop);
    return { HOST: '127.0.0.1', PORT: '0', ...env } as never;
  }

  test('--help lists every setting with type, default and meaning, and starts nothing', async () => {
    for (const flag of ['--help', '-h']) {
      const help = new ServerProcess({ PORT: 'nonsense' }, [flag]);
      expect(await help.exited()).toBe(0);
      for (const [name, { type, fallback, meaning }] of Object.entries(SETTINGS)) {
        expect(help.output).toContain(
          `  ${name}\n      ${meaning}.\n      Type: ${type}. Default: `,
        );
        expect(help.output).toContain(`Default: ${fallback || 'unset'}.`);
      }
    }
  });

  test('with Firebase credentials that are none names the setting, and shows nothing of them', async () => {
    const env = await storage();
    expect(await refusal({ ...env, FIREBASE_CREDENTIALS_PATH: '/nowhere/key.json' })).toContain(
      'Confab cannot start: FIREBASE_CREDENTIALS_PATH names /nowhere/key.json, which does not exist',
    );
    const shown = await refusal({ ...env, FIREBASE_CREDENTIALS_JSON: '{"secret": "abc"}' });
    expect(shown).toContain('FIREBASE_CREDENTIALS_JSON is not the key file');
    expect(shown).not.toContain('abc');
    expect(await refusal({ ...env, VAPID_SUBJECT: 'me' })).toContain(
      'VAPID_SUBJECT must be mailto:',
    );
  });

  test('with an argument that means nothing says how settings are given', async () => {
    const server = new ServerProcess(await storage(), ['--port']);
    expect(await server.exited()).toBe(1);
    expect(server.output).toContain('--port is not known. Settings are environment variables');
  });

  test('beside another server on the same SQLite file is refused', async () => {
    const env = await storage();
    const first = new ServerProcess(env);
    await first.url();
    expect(await refusal(env)).toContain(`Another Confab server runs on ${env.STORAGE_DIR}`);
    first.kill('SIGTERM');
    expect(await first.exited()).toBe(0);
  });

  test('with unknown values names every setting at fault', async () => {
    const said = await refusal({ PORT: 'eighty', METRICS: 'maybe', LOG_LEVEL: 'loud' });
    expect(said).toContain('PORT must be a whole number from 0 to 65535 (it is "eighty")');
    expect(said).toContain('METRICS must be one of: on, off (it is "maybe")');
    expect(said).toContain('LOG_LEVEL must be one of');
  });

  test('in production without a good SECRET_KEY says so in a sentence, without the key', async () => {
    const env = { ...(await storage()), CONFAB_ENV: 'production' };
    expect(await refusal(env)).toContain('SECRET_KEY must be set in production');
    const short = 'only-thirty-one-bytes-of-secret';
    const said = await refusal({ ...env, SECRET_KEY: short });
    expect(said).toContain('SECRET_KEY must have at least 32 bytes');
    expect(said).not.toContain(short);
    const known = 'your-super-secret-key-change-in-production';
    expect(await refusal({ ...env, SECRET_KEY: known })).toContain('that everybody knows');
    expect(existsSync(join(env.STORAGE_DIR, 'secret'))).toBe(false);
  });

  test('in production with a good SECRET_KEY serves, and keeps no secret of its own', async () => {
    const env = await storage();
    const SECRET_KEY = 'a good secret that nobody else knows';
    const server = new ServerProcess({ ...env, CONFAB_ENV: 'production', SECRET_KEY });
    const answer = await fetch(`${await server.url()}/ready`);
    expect(await answer.json()).toEqual({
      status: 'ready',
      checks: { database: 'ok', bus: 'ok' },
    });
    expect(existsSync(join(env.STORAGE_DIR, 'secret'))).toBe(false);
    server.kill('SIGTERM');
    expect(await server.exited()).toBe(0);
  });

  test('outside production makes a secret that nobody else can read, and keeps it', async () => {
    const env = await storage();
    const file = join(env.STORAGE_DIR, 'secret');
    const secrets: string[] = [];
    for (let i = 0; i < 2; i++) {
      const server = new ServerProcess(env);
      await server.url();
      secrets.push(readFileSync(file, 'utf8').trim());
      server.kill('SIGTERM');
      await server.exited();
    }
    expect(secrets[0]).toBe(secrets[1] as string);
    expect(Buffer.byteLength(secrets[0] as string)).toBeGreaterThanOrEqual(32);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(existsSync(join(env.STORAGE_DIR, 'db', 'chat.sqlite'))).toBe(true);
  });

  test('with a damaged secret says which file', async () => {
    const env = await storage();
    writeFileSync(join(env.STORAGE_DIR, 'secret'), 'short');
    expect(await refusal(env)).toContain(join(env.STORAGE_DIR, 'secret'));
  });

  test('on a port that is taken says so in a sentence', async () => {
    using blocker = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const env = { ...(await storage()), PORT: String(blocker.port) };
    expect(await refusal(env)).toContain('Confab cannot start');
  });

  test('without its PostgreSQL says so in a sentence, without the password', async () => {
    const DATABASE_URL = 'postgres://user:hunter2@127.0.0.1:1/confab';
    const said = await refusal({ ...(await storage()), DATABASE_URL });
    expect(said).toContain('Confab cannot start');
    expect(said).not.toContain('hunter2');
  });

  test('with a proxy that is no address names the setting', async () => {
    const said = await refusal({ ...(await storage()), TRUSTED_PROXIES: 'my-proxy' });
    expect(said).toContain('TRUSTED_PROXIES has "my-proxy"');
  });
});
