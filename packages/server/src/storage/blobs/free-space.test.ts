import { expect, test } from 'bun:test';
import { mustFitOnDisk } from './free-space';

const MIB = 2 ** 20;
const outcome = (bytes: number, freeMib: number, allMib: number) =>
  mustFitOnDisk('/', bytes, async () => ({ bsize: MIB, blocks: allMib, bavail: freeMib })).then(
    () => 'fits',
    (error) => error.code,
  );

test.each([
  ['a small disk keeps 256 MiB', 266, 1_000, 10],
  ['a large one keeps a hundredth', 1_010, 100_000, 10],
])('%s', async (_, freeMib, allMib, mib) => {
  expect(await outcome(mib * MIB, freeMib, allMib)).toBe('fits');
  expect(await outcome(mib * MIB + 1, freeMib, allMib)).toBe('storage_full');
});

test('the disk under the tests tells of itself', async () => {
  const all = await mustFitOnDisk('/', Number.MAX_SAFE_INTEGER).catch((error) => error.code);
  expect(all).toBe('storage_full');
});
