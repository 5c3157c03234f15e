import { expect, test } from 'bun:test';
import { settingWarnings } from './setting-warnings';
import { SETTINGS } from './settings';

test.each([
  ['REDIS_URL', 'this version runs as one process and does not use it'],
  ['STORAGEDIR', 'is no setting; is STORAGE_DIR meant?'],
  ['SECRETS_KEY', 'is no setting; is SECRET_KEY meant?'],
  ['PORTS', 'is no setting; is PORT meant?'],
  ['CONFAB_PORT', 'is no setting; is PORT meant?'],
  ['CONFAB_ENVV', 'is no setting; is CONFAB_ENV meant?'],
  ['CONFAB_SECRET_KEYS', 'is no setting; is SECRET_KEY meant?'],
  ['CONFAB_COLOUR', 'is no setting; --help lists them all'],
])('%s is warned of, without its value', (name, reason) => {
  const [warning = '', ...more] = settingWarnings({ [name]: 'hunter2' });
  expect(more).toEqual([]);
  expect(warning).toStartWith(`${name} is set, but `);
  expect(warning).toContain(reason);
  expect(warning).not.toContain('hunter2');
});

test('settings, what is empty, and the rest of an environment are not', () => {
  const usual = [
    'HOME',
    'PATH',
    'POSTGRES_USER',
    'HOSTNAME',
    'PWD',
    'USER',
    'SHELL',
    'LANG',
    'TERM',
  ];
  const names = [...Object.keys(SETTINGS), ...usual];
  expect(settingWarnings(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  expect(settingWarnings({ REDIS_URL: '', PORTS: '' })).toEqual([]);
});
