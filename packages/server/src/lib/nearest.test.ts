import { expect, test } from 'bun:test';
import { nearest } from './nearest';

const KNOWN = ['HOST', 'PORT', 'STORAGE_DIR', 'STORAGE_DIRS', 'users list'];

test.each([
  ['PORTS', ['PORT']],
  ['PROT', ['PORT']],
  ['HOME', []],
  ['STORAGE_DRI', ['STORAGE_DIR', 'STORAGE_DIRS']],
  ['STORAGE_DIRS_', ['STORAGE_DIRS', 'STORAGE_DIR']],
  ['user lst', ['users list']],
  ['', []],
])('%s may be meant as %j', (word, meant) => {
  expect(nearest(word, KNOWN)).toEqual(meant);
});
