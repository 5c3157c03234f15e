import { expect, test } from 'bun:test';
import { withoutName } from './name-writes';

const ANN = { userId: 1, username: 'ann' };
const row = (sender_id: number, content: string, user_id: number | null = null) => ({
  id: 1,
  sender_id,
  content,
  system_event: JSON.stringify({ action: 'x', user_id, value: null }),
});

test.each([
  [row(1, 'ann left', 1), 'deleted user left'],
  [
    row(1, 'ann renamed the group to “ann and ben”'),
    'deleted user renamed the group to “ann and ben”',
  ],
  [row(1, 'ann added ben', 2), 'deleted user added ben'],
  [row(2, 'ben added ann', 1), 'ben added deleted user'],
  [row(2, 'ben made ann the owner', 1), 'ben made deleted user the owner'],
  [row(2, 'ann is now the owner', 1), 'deleted user is now the owner'],
  [row(1, 'ben is now the owner', 2), 'ben is now the owner'],
  [row(2, 'ben added annabel', 3), 'ben added annabel'],
  [row(3, 'annabel left', 3), 'annabel left'],
  [row(2, 'ben renamed the group to “ann”'), 'ben renamed the group to “ann”'],
])('%o', (given, expected) => {
  expect(withoutName(given, ANN)).toBe(expected);
});

test('a message without an event keeps what is not the sender’s name', () => {
  const plain = { id: 1, sender_id: 2, content: 'ben waves at ann', system_event: null };
  expect(withoutName(plain, ANN)).toBe('ben waves at ann');
});

test.each([
  ['now', 'now is now the owner', 'deleted user is now the owner'],
  ['owner', 'owner is now the owner', 'deleted user is now the owner'],
  ['owner', 'ben made owner the owner', 'ben made deleted user the owner'],
  ['made', 'ben made made the owner', 'ben made deleted user the owner'],
])('the name %s is told from the words of “%s”', (username, content, expected) => {
  expect(withoutName(row(2, content, 1), { userId: 1, username })).toBe(expected);
});
