import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Settings, SettingsError } from './settings';

/** What a service account's key file says, as far as it takes to send. */
export interface FirebaseCredentials {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly keyId: string | undefined;
  readonly privateKey: KeyObject;
  /** Where tokens are to be had for assertions signed with the key. */
  readonly tokenUri: string;
}

const isLoopback = (url: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

const TokenUri = z.string().refine((text) => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
}, 'must be an https URL');

const KeyFile = z.object({
  type: z.literal('service_account'),
  project_id: z.string().regex(/^[a-z0-9.:-]{1,100}$/),
  client_email: z.string().min(3).includes('@'),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: TokenUri.default('https://oauth2.googleapis.com/token'),
});

/**
 * The Firebase service account, if one is set.
 * @throws SettingsError naming the setting, when the file cannot be read or is no such key
 */
export function readFirebaseCredentials(settings: Settings): FirebaseCredentials | undefined {
  const { FIREBASE_CREDENTIALS_PATH: path, FIREBASE_CREDENTIALS_JSON: json } = settings;
  if (path !== '' && json !== '') {
    throw new SettingsError('Set FIREBASE_CREDENTIALS_PATH or FIREBASE_CREDENTIALS_JSON, not both');
  }
  if (path !== '') return parse('FIREBASE_CREDENTIALS_PATH', readFile(path));
  return json === '' ? undefined : parse('FIREBASE_CREDENTIALS_JSON', json);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const why = code === 'ENOENT' ? 'which does not exist' : 'which cannot be read';
    throw new SettingsError(`FIREBASE_CREDENTIALS_PATH names ${path}, ${why}`);
  }
}

/** Says which field is at fault, never what it holds. */
function parse(setting: string, text: string): FirebaseCredentials {
  const result = KeyFile.safeParse(parsed(setting, text));
  if (!result.success) {
    const field = result.error.issues[0]?.path.join('.') || 'the whole';
    throw new SettingsError(
      `${setting} is not the key file of a service account: ${field} is missing or wrong`,
    );
  }
  const file = result.data;
  return {
    projectId: file.project_id,
    clientEmail: file.client_email,
    keyId: file.private_key_id,
    privateKey: rsaKey(setting, file.private_key),
    tokenUri: file.token_uri,
  };
}

function parsed(setting: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SettingsError(`${setting} is not valid JSON`);
  }
}

function rsaKey(setting: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Told below, without what the library says of the key.
  }
  throw new SettingsError(`${setting} has a private_key that is no RSA key in PEM form`);
}
