import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../config/settings';
import { testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(120_000);

/** What a start that fails says, and that it fails. */
async function refusal(env: Record<string, string>): Promise<string> {
  const server = new ServerProcess(env);
  expect(await server.exited()).toBe(1);
  expect(server.output).not.toContain('    at ');
  return server.output;
}

/** The same, for what one line tells. */
async function sentence(env: Record<string, string>): Promise<string> {
  const said = await refusal(env);
  expect(said).toMatch(/^Confab cannot start: [^\n]+\n$/);
  return said;
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

  test('on a port that is taken names the setting', async () => {
    using blocker = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const env = { ...(await storage()), PORT: String(blocker.port) };
    expect(await sentence(env)).toContain(
      `PORT is ${blocker.port}, which another program on this machine uses. Stop it, or choose another`,
    );
  });

  test.each([
    ['no.such.host.invalid', 'which is no address that is known here'],
    ['203.0.113.7', 'which is not an address of this machine'],
    ['a b', 'which is no address that is known here'],
  ])('on the host %s names the setting', async (HOST, why) => {
    expect(await sentence({ ...(await storage()), HOST })).toContain(`HOST is ${HOST}, ${why}`);
  });

  test.each([{}, { SECRET_KEY: 'given' }])(
    'with a file for its storage says so: %j',
    async (more) => {
      const { STORAGE_DIR } = await storage();
      const file = join(STORAGE_DIR, 'file');
      writeFileSync(file, '');
      for (const place of [file, join(file, 'below')]) {
        expect(await sentence({ ...more, PORT: '0', STORAGE_DIR: place })).toContain(
          `STORAGE_DIR is ${place}, but there is a file in its place. Name a directory.`,
        );
      }
    },
  );

  test.skipIf(process.platform !== 'linux')(
    'with a storage that nobody may write says so',
    async () => {
      for (const STORAGE_DIR of ['/sys', '/sys/confab', '/proc/confab']) {
        const said = await sentence({ PORT: '0', STORAGE_DIR });
        expect(said).toContain(`STORAGE_DIR is ${STORAGE_DIR}, `);
        expect(said).toMatch(/may not write|read-only|cannot be made/);
      }
    },
  );

  test('with a database file that is none says so', async () => {
    const env = await storage();
    const db = join(env.STORAGE_DIR, 'db');
    mkdirSync(db, { recursive: true });
    writeFileSync(join(db, 'chat.sqlite'), 'this is no database, '.repeat(500));
    expect(await sentence(env)).toContain('db/chat.sqlite in it is not a SQLite database');
  });

  test.each([
    [
      'postgres://user:hunter2@127.0.0.1:1/confab',
      'names 127.0.0.1:1, where no PostgreSQL answers',
    ],
    [
      'postgres://user:hunter2@no.such.host.invalid/confab',
      'names the host no.such.host.invalid, which is not known',
    ],
    ['postgres://user:hunter2@127.0.0.1:99999/confab', 'is not a URL that can be read'],
    ['postgres://user:hunter2@[::/confab', 'is not a URL that can be read'],
  ])('without its PostgreSQL says so, without the password: %s', async (DATABASE_URL, why) => {
    const said = await sentence({ ...(await storage()), DATABASE_URL });
    expect(said).toContain(`DATABASE_URL ${why}`);
    expect(said).not.toContain('hunter2');
  });

  test('that PostgreSQL refuses names the database, or the user', async () => {
    const { env, drop } = await testDatabase('postgres');
    drops.push(drop);
    const url = new URL(env.DATABASE_URL ?? '');
    const with_ = async (change: (url: URL) => void) => {
      const changed = new URL(url);
      change(changed);
      return sentence({ ...(await storage()), DATABASE_URL: changed.href });
    };
    const noDatabase = await with_((u) => {
      u.pathname = '/no_such_database';
    });
    expect(noDatabase).toContain('DATABASE_URL names the database "no_such_database"');
    const noUser = await with_((u) => {
      u.username = 'no_such_user';
      u.password = 'hunter2';
    });
    expect(noUser).toContain('refuses the user "no_such_user"');
    expect(noUser).not.toContain('hunter2');
  });

  test('with settings that have no effect warns of each, and serves', async () => {
    const env = { ...(await storage()), REDIS_URL: 'redis://hunter2@x', STORAGEDIR: '/x' };
    const server = new ServerProcess(env);
    expect((await fetch(`${await server.url()}/health`)).status).toBe(200);
    const warnings = server.output.split('\n').filter((line) => line.includes('"level":"warn"'));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('REDIS_URL is set, but this version runs as one process');
    expect(warnings[1]).toContain('is STORAGE_DIR meant?');
    expect(server.output).not.toContain('hunter2');
    server.kill('SIGTERM');
    expect(await server.exited()).toBe(0);
  });

  test('says what it is bound to, and where to open it', async () => {
    const server = new ServerProcess({ ...(await storage()), HOST: '0.0.0.0' });
    const url = await server.url();
    expect(url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(server.output).toContain(`listens on 0.0.0.0:${new URL(url).port}; open ${url} `);
    server.kill('SIGTERM');
    expect(await server.exited()).toBe(0);
  });

  test('with a proxy that is no address names the setting', async () => {
    const said = await refusal({ ...(await storage()), TRUSTED_PROXIES: 'my-proxy' });
    expect(said).toContain('TRUSTED_PROXIES has "my-proxy"');
  });
});
