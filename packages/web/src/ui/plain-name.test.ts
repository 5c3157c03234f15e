import { expect, test } from 'bun:test';
import { plainName } from './plain-name';

test.each([
  ['photo\u202egnp.exe', 'photognp.exe'],
  ['\u2067Ann\u2069 is online\u200b', 'Ann is online'],
  ['\u200b\u3164\u2800 ', ''],
  [`Ann${'\u0301'.repeat(90)}`, `Ann${'\u0301'.repeat(4)}`],
  ['Ann\nBen', 'AnnBen'],
])('%j is shown as %j', (name, shown) => {
  expect(plainName(name)).toBe(shown);
});

test.each(['Zoë', '👩‍👩‍👧 Familie', 'می‌خواهم', 'שָׁלוֹם', 'ที่นี่', 'நன்றி', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'क्‍ष'])(
  '%s stays as it is',
  (name) => {
    expect(plainName(name)).toBe(name);
  },
);
