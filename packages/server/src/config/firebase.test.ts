import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFirebaseCredentials } from './firebase';
import { readSettings, settingsHelp } from './settings';

const pem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const file = {
  type: 'service_account',
  project_id: 'my-project',
  private_key_id: 'abc',
  private_key: pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  client_email: 'push@my-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};
const ecKey = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const read = (env: Record<string, string>) => readFirebaseCredentials(readSettings(env));
const readJson = (changes: object) =>
  read({ FIREBASE_CREDENTIALS_JSON: JSON.stringify({ ...file, ...changes }) });

describe('the Firebase service account', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'confab-firebase-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const written = (content: string) => {
    const path = join(directory, 'key.json');
    writeFileSync(path, content);
    return path;
  };

  test('is none when no setting names one', () => {
    expect(read({})).toBeUndefined();
  });

  test('is read from a file, or from a setting', () => {
    const text = JSON.stringify(file);
    for (const env of [
      { FIREBASE_CREDENTIALS_JSON: text },
      { FIREBASE_CREDENTIALS_PATH: written(text) },
    ]) {
      expect(read(env as Record<string, string>)).toMatchObject({
        projectId: 'my-project',
        clientEmail: file.client_email,
        keyId: 'abc',
        tokenUri: file.token_uri,
      });
    }
    expect(readJson({ token_uri: undefined })?.tokenUri).toBe(file.token_uri);
  });

  test('faults are told by the name of the setting', () => {
    const path = { FIREBASE_CREDENTIALS_PATH: '/nowhere/key.json' };
    expect(() => read(path)).toThrow(
      'FIREBASE_CREDENTIALS_PATH names /nowhere/key.json, which does not exist',
    );
    expect(() => read({ FIREBASE_CREDENTIALS_PATH: directory })).toThrow('which cannot be read');
    expect(() => read({ FIREBASE_CREDENTIALS_PATH: written('{"type":') })).toThrow(
      'FIREBASE_CREDENTIALS_PATH is not valid JSON',
    );
    expect(() => read({ FIREBASE_CREDENTIALS_JSON: '[]' })).toThrow(
      'FIREBASE_CREDENTIALS_JSON is not the key file of a service account',
    );
    expect(() => read({ ...path, FIREBASE_CREDENTIALS_JSON: '{}' })).toThrow('not both');
  });

  test.each([
    ['type', { type: 'authorized_user' }],
    ['project_id', { project_id: '../other' }],
    ['client_email', { client_email: undefined }],
    ['private_key', { private_key: undefined }],
    ['token_uri', { token_uri: 'http://example.org/token' }],
  ])('%s at fault is named', (field, change) => {
    expect(() => readJson(change)).toThrow(`: ${field} is missing or wrong`);
  });

  test('a key that is none is not shown', () => {
    for (const private_key of ['my little secret', ecKey]) {
      const fault = 'FIREBASE_CREDENTIALS_JSON has a private_key that is no RSA key in PEM form';
      expect(() => readJson({ private_key })).toThrow(fault);
    }
  });

  test('both settings are in the help', () => {
    expect(settingsHelp()).toContain('FIREBASE_CREDENTIALS_PATH');
    expect(settingsHelp()).toContain('FIREBASE_CREDENTIALS_JSON');
  });
});
