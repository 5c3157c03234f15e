import { expect, test } from 'bun:test';
import { FairTurns } from './fair-turns';

test('one owner has no more than its part, and what waits goes on in turns', async () => {
  const turns = new FairTurns({ all: 3, perOwner: 2 });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (owner: number, name: string) =>
    turns.take(owner).then((end) => {
      begun.push(name);
      ends.set(name, end);
    });
  const all = [take(1, 'a1'), take(1, 'a2'), take(1, 'a3'), take(2, 'b1'), take(2, 'b2')];
  await Promise.all([all[0], all[1], all[3]]);
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends.get('a1')?.();
  await all[2];
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  turns.open();
  await Promise.all(all);
  expect(begun.at(-1)).toBe('b2');
});
