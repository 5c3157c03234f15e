import { expect, test } from 'bun:test';
import { UserSets } from './user-sets';

/** Sets that a test fills, and answers about when it says so. */
function setUp(maxKept = 1000) {
  const stored = new Map<number, number[]>();
  const reads: { userId: number; answer: () => void }[] = [];
  const sets = new UserSets((userId) => {
    const { promise, resolve } = Promise.withResolvers<number[]>();
    const ids = stored.get(userId) ?? [];
    reads.push({ userId, answer: () => resolve(ids) });
    return promise;
  }, maxKept);
  const load = async (userId: number) => {
    const loading = sets.of(userId);
    reads.at(-1)?.answer();
    return loading;
  };
  return { stored, reads, sets, load };
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('a set is read once, however many ask, and is at hand then', async () => {
  const { stored, reads, sets } = setUp();
  stored.set(1, [2, 3]);
  const asked = [sets.of(1), sets.of(1)];
  expect(sets.peek(1)).toBeUndefined();
  expect(reads).toHaveLength(1);
  reads[0]?.answer();
  expect((await Promise.all(asked)).map((set) => [...set])).toEqual([
    [2, 3],
    [2, 3],
  ]);
  expect(sets.of(1)).toBe(sets.peek(1) as ReadonlySet<number>);
  expect(reads).toHaveLength(1);
});

test('one that changes while it is read is read again before anybody gets it', async () => {
  const { stored, reads, sets } = setUp();
  const asked = sets.of(1);
  stored.set(1, [9]);
  sets.forget(1);
  reads[0]?.answer();
  await turn();
  expect(reads).toHaveLength(2);
  reads[1]?.answer();
  expect([...(await asked)]).toEqual([9]);
});

test('one that changed later is read anew', async () => {
  const { stored, sets, load } = setUp();
  expect((await load(1)).size).toBe(0);
  stored.set(1, [9]);
  sets.forget(1);
  expect(sets.peek(1)).toBeUndefined();
  expect([...(await load(1))]).toEqual([9]);
});

test('those unused for longest go when there are too many', async () => {
  const { stored, sets, load } = setUp(6);
  for (const userId of [1, 2, 3]) stored.set(userId, [100]);
  for (const userId of [1, 2, 3]) await load(userId);
  await sets.of(1);
  stored.set(4, [100]);
  await load(4);
  expect([1, 2, 3, 4].map((userId) => sets.peek(userId) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('one larger than all that may be held is held alone', async () => {
  const { stored, sets, load } = setUp(3);
  await load(1);
  stored.set(2, [1, 2, 3, 4, 5]);
  expect((await load(2)).size).toBe(5);
  expect([sets.peek(1), sets.peek(2)?.size]).toEqual([undefined, 5]);
});
