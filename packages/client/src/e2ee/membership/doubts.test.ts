import { expect, test } from 'bun:test';
import { doubtsAfter, type KeptEntry, noDoubts } from './doubts';
import type { LogStatement } from './entry';

const [OWNER, MEMBER, GHOST, FRIEND] = [1, 2, 3, 4] as const;

const entry = (by: number, statement: LogStatement): KeptEntry => {
  const place = { v: 1, chat: 7, n: 1, prev: 'A'.repeat(43), by, device: 'A'.repeat(22), at: 0 };
  return { entry: JSON.stringify({ ...place, ...statement }), sig: '' };
};
const late = (by: number, statement: LogStatement): KeptEntry => ({
  ...entry(by, statement),
  isLate: true,
});
const add = (user: number): LogStatement => ({ action: 'add', user, role: 'member' });
const promote = (user: number): LogStatement => ({ action: 'role', user, role: 'admin' });
const remove = (user: number): LogStatement => ({ action: 'remove', user });

test.each<[string, KeptEntry[], number[]]>([
  ['who was let in in time', [entry(OWNER, add(GHOST))], []],
  ['who was let in too late', [late(OWNER, add(GHOST))], [GHOST]],
  ['whom they let in', [late(OWNER, add(GHOST)), entry(GHOST, add(FRIEND))], [GHOST, FRIEND]],
  [
    'whom a member let in who was promoted too late',
    [late(OWNER, promote(MEMBER)), entry(MEMBER, add(FRIEND))],
    [FRIEND],
  ],
  [
    'whom a member let in who was promoted too late, and then in time',
    [late(OWNER, promote(MEMBER)), entry(OWNER, promote(MEMBER)), entry(MEMBER, add(FRIEND))],
    [],
  ],
  ['a member who was promoted too late', [late(OWNER, promote(MEMBER))], []],
  [
    'who was promoted after they came in too late',
    [late(OWNER, add(GHOST)), entry(OWNER, promote(GHOST))],
    [GHOST],
  ],
  [
    'who was removed and let in anew',
    [late(OWNER, add(GHOST)), entry(OWNER, remove(GHOST)), entry(OWNER, add(GHOST))],
    [],
  ],
  ['who left', [late(OWNER, add(GHOST)), entry(GHOST, { action: 'leave' })], []],
  ['a member who was removed too late', [late(OWNER, remove(MEMBER))], []],
])('doubts of %s', (_, entries, members) => {
  expect([...doubtsAfter(noDoubts, entries).members]).toEqual(members);
});
