import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Settings, SettingsError } from './settings';

const MIN_BYTES = 32;

/** Defaults that manuals print: whoever knows one could sign tokens for anybody. */
const KNOWN_DEFAULTS = new Set([
  'your-super-secret-key-change-in-production',
  'your-secret-key-change-in-production',
  'change-me-change-me-change-me-change-me',
]);

/**
 * The server's secret: SECRET_KEY, or outside production one that is made at the first start and
 * kept in STORAGE_DIR.
 * @throws SettingsError when it is missing in production, short, or a known default
 */
export function resolveSecret(settings: Settings): string {
  const given = settings.SECRET_KEY;
  const production = settings.CONFAB_ENV === 'production';
  if (given === '' && !production) return keptSecret(settings.STORAGE_DIR);
  const fault = secretFault(given);
  if (fault && production) {
    throw new SettingsError(`SECRET_KEY ${fault}. Make one with: openssl rand -base64 48`);
  }
  return given;
}

function secretFault(secret: string): string | undefined {
  if (secret === '') return 'must be set in production';
  if (KNOWN_DEFAULTS.has(secret)) return 'is a default that everybody knows';
  if (Buffer.byteLength(secret) < MIN_BYTES) return `must have at least ${MIN_BYTES} bytes`;
  return undefined;
}

function keptSecret(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'secret');
  if (!existsSync(file)) writeOnce(file, randomBytes(48).toString('base64url'));
  const secret = readFileSync(file, 'utf8').trim();
  if (secretFault(secret)) {
    throw new SettingsError(
      `The secret in ${file} is damaged. Delete it; all users sign in again.`,
    );
  }
  return secret;
}

/** Whole or not at all, and the first of two starting servers wins. */
function writeOnce(file: string, secret: string) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${secret}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
