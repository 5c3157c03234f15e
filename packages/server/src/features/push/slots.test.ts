import { describe, expect, test } from 'bun:test';
import { Slots } from './slots';

interface Lane {
  name: string;
  userId: number;
}

const lane = (name: string, userId: number): Lane => ({ name, userId });

/** Takes what can be had. */
function take(slots: Slots<Lane>, most = 100): string[] {
  const names: string[] = [];
  while (names.length < most) {
    const taken = slots.take();
    if (!taken) break;
    names.push(taken.name);
  }
  return names;
}

describe('slots', () => {
  test('go to users in turn, and of each to who asked first', () => {
    const slots = new Slots<Lane>({ inAll: 10, ofUser: 10 });
    for (const name of ['a1', 'a2', 'a3']) slots.ask(lane(name, 1));
    for (const name of ['b1', 'b2']) slots.ask(lane(name, 2));
    slots.ask(lane('c1', 3));
    expect(take(slots)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  test('are so many in all, and for one user', () => {
    const slots = new Slots<Lane>({ inAll: 3, ofUser: 2 });
    const lanes = ['a1', 'a2', 'a3'].map((name) => lane(name, 1));
    for (const each of lanes) slots.ask(each);
    expect(take(slots)).toEqual(['a1', 'a2']);
    for (const name of ['b1', 'b2']) slots.ask(lane(name, 2));
    expect(take(slots)).toEqual(['b1']);
    slots.giveBack(lane('a1', 1));
    expect(take(slots)).toEqual(['b2']);
    slots.giveBack(lane('a2', 1));
    expect(take(slots)).toEqual(['a3']);
  });

  test('somebody new need not wait for all of one who has many', () => {
    const slots = new Slots<Lane>({ inAll: 1, ofUser: 1 });
    for (let i = 0; i < 1000; i++) slots.ask(lane(`a${i}`, 1));
    expect(take(slots)).toEqual(['a0']);
    slots.ask(lane('b', 2));
    slots.giveBack(lane('a0', 1));
    slots.giveBack(lane(take(slots)[0] as string, 2));
    expect(take(slots)).toEqual(['a1']);
  });

  test('are not for who takes the wish back', () => {
    const slots = new Slots<Lane>({ inAll: 2, ofUser: 2 });
    const [first, second] = [lane('a', 1), lane('b', 1)];
    slots.ask(first);
    slots.ask(second);
    slots.withdraw(first);
    expect(take(slots)).toEqual(['b']);
    slots.withdraw(lane('c', 2));
    expect(take(slots)).toEqual([]);
  });
});
