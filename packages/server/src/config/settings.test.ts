import { describe, expect, test } from 'bun:test';
import { readSettings, SETTINGS, SettingsError, settingsHelp } from './settings';

const fault = (env: Record<string, string>): string => {
  try {
    readSettings(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  return 'none';
};

describe('settings', () => {
  test('all have a default: none is required', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 8000,
      CONFAB_ENV: 'development',
      DATABASE_URL: undefined,
      ACCESS_TOKEN_TTL_S: 600,
      MAX_MESSAGE_BYTES: 16 * 1024,
      MAX_FRAME_BYTES: 64 * 1024,
      MAX_GROUP_MEMBERS: 10_000,
      MAX_SOCKETS_PER_USER: 20,
      SHUTDOWN_GRACE_S: 10,
      RATE_LIMITS: true,
      WEB_APP: true,
      METRICS: false,
      CORS_ORIGINS: [],
      TRUSTED_PROXIES: [],
    });
    expect(Object.keys(settings).sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  test('that are empty are as good as unset, and others in the environment do not matter', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']));
    expect(readSettings({ ...empty, PATH: '/bin', PORTS: 'x' })).toEqual(readSettings({}));
  });

  test.each([
    ['PORT', '65535', 65_535],
    ['PORT', '0', 0],
    ['METRICS', 'on', true],
    ['RATE_LIMITS', 'off', false],
    ['CONFAB_ENV', 'production', 'production'],
    ['DATABASE_URL', 'postgresql://db/confab', 'postgresql://db/confab'],
    ['CORS_ORIGINS', 'https://a.org, http://b:3000/', ['https://a.org', 'http://b:3000']],
    ['CORS_ORIGINS', '*', ['*']],
    ['S3_ENDPOINT', 'http://localhost:9000/', 'http://localhost:9000'],
    ['TRUSTED_PROXIES', ' 10.0.0.0/8 ,::1,', ['10.0.0.0/8', '::1']],
  ] as const)('%s=%s is read', (name, text, value) => {
    expect(readSettings({ [name]: text })[name]).toEqual(value as never);
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8e3'],
    ['PORT', ' 80'],
    ['METRICS', 'yes'],
    ['METRICS', 'ON'],
    ['CONFAB_ENV', 'prod'],
    ['DATABASE_URL', 'mysql://db'],
    ['CORS_ORIGINS', 'example.org'],
    ['CORS_ORIGINS', 'ftp://example.org'],
    ['LOG_LEVEL', 'verbose'],
    ['ACCESS_TOKEN_TTL_S', '0'],
    ['S3_ENDPOINT', 's3.example.org'],
    ['S3_ENDPOINT', 'https://user:word@s3.example.org'],
    ['S3_BUCKET', 'My/Bucket'],
    ['MAX_MESSAGE_BYTES', '100000'],
    ['SHUTDOWN_GRACE_S', '1.5'],
    ['ENCRYPTION_MODE', 'foo'],
  ])('%s=%s stops the start and names the setting', (name, text) => {
    expect(fault({ [name]: text })).toStartWith(`${name} must be`);
  });

  test('at fault are all named at once, each with what it is', () => {
    const lines = fault({ PORT: 'x', METRICS: 'y', HOST: 'fine' }).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('(it is "x")');
  });

  test('that are secret are not repeated when they are wrong', () => {
    expect(fault({ DATABASE_URL: 'hunter2' })).not.toContain('hunter2');
  });

  test('are all in the help', () => {
    for (const name of Object.keys(SETTINGS)) expect(settingsHelp()).toContain(`\n  ${name}\n`);
  });
});
