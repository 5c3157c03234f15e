import { LIMITS } from '@confab/protocol';

/** How a setting's text is read. A reader throws with a plain sentence when the text is wrong. */
interface Setting<T> {
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
  readonly secret?: boolean;
  read(text: string): T;
}

const setting = <T>(definition: Setting<T>) => definition;

function integer(min: number, max: number) {
  return (text: string) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || value < min || value > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

function oneOf<const T extends string>(...words: readonly T[]) {
  return (text: string): T => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new Error(`must be one of: ${words.join(', ')}`);
    return word;
  };
}

const text = (value: string) => value;
const list = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function origins(value: string): string[] {
  return list(value).map((origin) => {
    if (origin === '*') return origin;
    const url = URL.parse(origin);
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new Error(
        'must be origins such as https://chat.example.org, with commas between, or *',
      );
    }
    return url.origin;
  });
}

function databaseUrl(value: string): string | undefined {
  if (value === '') return undefined;
  if (/^postgres(ql)?:\/\//.test(value)) return value;
  throw new Error('must begin with postgres:// (leave it unset to use SQLite)');
}

function vapidSubject(value: string): string {
  const url = URL.parse(value);
  const good =
    url?.protocol === 'mailto:' ? url.pathname.includes('@') : url?.protocol === 'https:';
  if (good) return value;
  throw new Error('must be mailto:… or https://…, such as mailto:admin@example.org');
}

function httpUrl(value: string): string {
  if (value === '') return value;
  const url = URL.parse(value);
  const isBare = url?.username === '' && url.search === '' && url.hash === '';
  if (isBare && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '');
  throw new Error('must be an address such as https://s3.eu-central-1.amazonaws.com');
}

function bucketName(value: string): string {
  if (value === '' || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) return value;
  throw new Error(
    'must be the name of a bucket: 3 to 63 lower-case letters, digits, dots, hyphens',
  );
}

/** Every setting, by the name of its environment variable. */
export const SETTINGS = {
  HOST: setting({
    type: 'address',
    fallback: '0.0.0.0',
    meaning: 'The address to listen on',
    read: text,
  }),
  PORT: setting({
    type: 'number',
    fallback: '8000',
    meaning: 'The port to listen on; 0 takes a free one',
    read: integer(0, 65_535),
  }),
  STORAGE_DIR: setting({
    type: 'path',
    fallback: './storage',
    meaning: 'Where the SQLite database, files and the generated secret are kept',
    read: text,
  }),
  SECRET_KEY: setting({
    type: 'text',
    fallback: '',
    meaning:
      'Signs tokens. Made and kept in STORAGE_DIR when unset, except in production, where it must be set and have 32 bytes or more',
    secret: true,
    read: text,
  }),
  CONFAB_ENV: setting({
    type: 'development | production',
    fallback: 'development',
    meaning: 'In production the server starts only with a SECRET_KEY of your own',
    read: oneOf('development', 'production'),
  }),
  DATABASE_URL: setting({
    type: 'postgres://…',
    fallback: '',
    meaning: 'A PostgreSQL database (15 or later); SQLite in STORAGE_DIR when unset',
    secret: true,
    read: databaseUrl,
  }),
  S3_ENDPOINT: setting({
    type: 'https://…',
    fallback: '',
    meaning:
      'An S3 store for files, such as https://s3.eu-central-1.amazonaws.com; files are kept in STORAGE_DIR when unset',
    read: httpUrl,
  }),
  S3_BUCKET: setting({
    type: 'text',
    fallback: '',
    meaning: 'The bucket in it; it must exist',
    read: bucketName,
  }),
  S3_REGION: setting({
    type: 'text',
    fallback: '',
    meaning: 'Its region; us-east-1 for stores that know none',
    read: text,
  }),
  S3_ACCESS_KEY_ID: setting({
    type: 'text',
    fallback: '',
    meaning: 'Whose key it is opened with',
    read: text,
  }),
  S3_SECRET_ACCESS_KEY: setting({
    type: 'text',
    fallback: '',
    meaning: 'The secret part of that key',
    secret: true,
    read: text,
  }),
  MAX_UPLOAD_MB: setting({
    type: 'MiB',
    fallback: String(LIMITS.fileBytes / 2 ** 20),
    meaning: 'The largest file that can be uploaded',
    read: integer(1, 1024 * 1024),
  }),
  USER_QUOTA_MB: setting({
    type: 'MiB',
    fallback: '0',
    meaning: 'How much room the files of one user may take; 0: as much as there is',
    read: integer(0, 1024 * 1024 * 1024),
  }),
  CORS_ORIGINS: setting({
    type: 'origins',
    fallback: '',
    meaning: 'Other origins whose pages may call this server, with commas between',
    read: origins,
  }),
  TRUSTED_PROXIES: setting({
    type: 'addresses',
    fallback: '',
    meaning: 'Proxies (addresses or CIDR ranges) whose X-Forwarded-For is believed',
    read: list,
  }),
  FIREBASE_CREDENTIALS_PATH: setting({
    type: 'path',
    fallback: '',
    meaning:
      "A Firebase service account's key file (JSON), with which phones are notified; no Firebase when unset",
    read: text,
  }),
  FIREBASE_CREDENTIALS_JSON: setting({
    type: 'JSON',
    fallback: '',
    meaning: "The content of a Firebase service account's key file, in place of its path",
    secret: true,
    read: text,
  }),
  VAPID_SUBJECT: setting({
    type: 'mailto:… | https://…',
    fallback: 'mailto:admin@localhost',
    meaning:
      'Whom push services of browsers may contact about this server; some refuse an address at localhost',
    read: vapidSubject,
  }),
  ENCRYPTION_MODE: setting({
    type: 'assisted | strict',
    fallback: 'assisted',
    meaning:
      'assisted keeps a key for each user, wrapped under their password, with which the server encrypts and decrypts for clients that cannot; strict leaves all of it to their devices',
    read: oneOf('assisted', 'strict'),
  }),
  WEB_APP: setting({
    type: 'on | off',
    fallback: 'on',
    meaning: 'Serves the web app at /app/, and sends browsers there that open /',
    read: (value) => oneOf('on', 'off')(value) === 'on',
  }),
  METRICS: setting({
    type: 'on | off',
    fallback: 'off',
    meaning: 'Serves Prometheus metrics at /metrics',
    read: (value) => oneOf('on', 'off')(value) === 'on',
  }),
  LOG_LEVEL: setting({
    type: 'debug | info | warn | error | silent',
    fallback: 'info',
    meaning: 'How much is logged',
    read: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  }),
  RATE_LIMITS: setting({
    type: 'on | off',
    fallback: 'on',
    meaning: 'off lifts every per-user and per-address limit, for load tests',
    read: (value) => oneOf('on', 'off')(value) === 'on',
  }),
  ACCESS_TOKEN_TTL_S: setting({
    type: 'seconds',
    fallback: '600',
    meaning: 'How long an access token is good',
    read: integer(1, 30 * 86_400),
  }),
  MAX_MESSAGE_BYTES: setting({
    type: 'bytes',
    fallback: String(LIMITS.messageBytes),
    meaning: 'The longest message, in UTF-8',
    read: integer(1, 60 * 1024),
  }),
  MAX_FRAME_BYTES: setting({
    type: 'bytes',
    fallback: String(LIMITS.frameBytes),
    meaning: 'The largest WebSocket frame from a client',
    read: integer(1024, 1024 * 1024),
  }),
  MAX_GROUP_MEMBERS: setting({
    type: 'number',
    fallback: String(LIMITS.groupMembers),
    meaning: 'The most members of a group',
    read: integer(2, 100_000),
  }),
  MAX_SOCKETS_PER_USER: setting({
    type: 'number',
    fallback: String(LIMITS.socketsPerUser),
    meaning: 'The most WebSockets of one user at a time',
    read: integer(1, 10_000),
  }),
  SHUTDOWN_GRACE_S: setting({
    type: 'seconds',
    fallback: '10',
    meaning: 'How long a stop may take to finish what is at hand',
    read: integer(1, 300),
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { [N in SettingName]: ReturnType<(typeof SETTINGS)[N]['read']> };

export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Reads the settings from the environment; an empty variable counts as unset.
 * @throws SettingsError naming every setting at fault
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const faults: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, definition]) => {
    try {
      return [name, definition.read(env[name] || definition.fallback)];
    } catch (error) {
      const shown = 'secret' in definition ? '' : ` (it is "${env[name]}")`;
      faults.push(`${name} ${error instanceof Error ? error.message : error}${shown}`);
      return [name, undefined];
    }
  });
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return Object.fromEntries(entries) as Settings;
}

export function settingsHelp(): string {
  const lines = Object.entries(SETTINGS).map(([name, { type, fallback, meaning }]) => {
    const standard = fallback === '' ? 'unset' : fallback;
    return `  ${name}\n      ${meaning}.\n      Type: ${type}. Default: ${standard}.`;
  });
  return [
    'Confab: a chat server that you host yourself.',
    '',
    'Usage: npm start',
    '       npm start -- --help',
    '',
    'Settings come from the environment; none is required:',
    '',
    ...lines,
    '',
  ].join('\n');
}
