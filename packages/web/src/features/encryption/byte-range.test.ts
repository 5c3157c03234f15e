import { expect, test } from 'bun:test';
import { byteRangeOf } from './byte-range';

const SIZE = 100;
const ALL = { start: 0, end: SIZE };

test.each([
  ['bytes=0-', ALL],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=0-1', { start: 0, end: 2 }],
  ['bytes=10-19', { start: 10, end: 20 }],
  ['bytes=99-', { start: 99, end: SIZE }],
  ['bytes=99-5000', { start: 99, end: SIZE }],
  ['bytes=-1', { start: 99, end: SIZE }],
  ['bytes=-500', ALL],
  ['Bytes=5-', { start: 5, end: SIZE }],
  ['bytes=100-', null],
  ['bytes=100-200', null],
  ['bytes=-0', null],
  ['bytes=20-10', ALL],
  ['bytes=1-2,5-6', ALL],
  ['bytes=-', ALL],
  ['lines=1-2', ALL],
  ['bytes=a-b', ALL],
  ['', ALL],
])('%p', (header, expected) => {
  expect(byteRangeOf(header, SIZE)).toEqual(expected);
});
