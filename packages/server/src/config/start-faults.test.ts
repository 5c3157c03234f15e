import { expect, test } from 'bun:test';
import { SettingsError } from './settings';
import { databaseFault, explained, listenFault, storageFault } from './start-faults';

const storage = storageFault({ STORAGE_DIR: '/data' });
const listen = listenFault({ HOST: '10.1.1.1', PORT: 80 });
const postgres = databaseFault({
  DATABASE_URL: 'postgres://ann:hunter2@db.example.org/chat%20base',
  STORAGE_DIR: '/data',
});

test.each([
  [storage, { code: 'EACCES' }, 'STORAGE_DIR is /data, where this user may not write'],
  [storage, { code: 'EROFS' }, 'STORAGE_DIR is /data, on a file system that is read-only'],
  [storage, { code: 'SQLITE_CANTOPEN_ISDIR' }, 'STORAGE_DIR is /data, where this user may not'],
  [storage, { code: 'SQLITE_FULL' }, 'where the disk is full'],
  [listen, { code: 'EACCES' }, 'PORT is 80, which this user may not use'],
  [listen, { code: 'EADDRNOTAVAIL' }, 'HOST is 10.1.1.1, which is not an address of this machine'],
  [postgres, { code: '28P01' }, 'db.example.org:5432 refuses the user "ann"'],
  [postgres, { code: '3D000' }, 'names the database "chat base"'],
  [postgres, { code: '53300' }, 'max_connections'],
  [postgres, { code: 'EHOSTUNREACH' }, 'db.example.org:5432, which does not answer'],
  [postgres, { message: 'timeout exceeded when trying to connect' }, 'which does not answer'],
  [postgres, { message: 'SASL: client password must be a string' }, 'has no password'],
  [postgres, { code: '57P03', severity: 'FATAL', message: 'starting up' }, 'says: starting up'],
])('%p says of %j: %s', (explain, fault, sentence) => {
  expect(explain(fault)).toContain(sentence);
  expect(explain(fault)).not.toContain('hunter2');
});

test('what is no fault of the operator stays what it is', async () => {
  for (const explain of [storage, listen, postgres]) {
    const bug = new TypeError('x is not a function');
    await expect(explained(explain, () => Promise.reject(bug))).rejects.toBe(bug);
  }
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  await expect(explained(postgres, () => Promise.reject(refused))).rejects.toThrow(SettingsError);
});

test('SQLite is what is explained where no DATABASE_URL is set', () => {
  const explain = databaseFault({ DATABASE_URL: undefined, STORAGE_DIR: '/data' });
  expect(explain({ code: 'SQLITE_NOTADB' })).toContain('is not a SQLite database');
});
