import { expect, test } from 'bun:test';
import { inviteCode, inviteLink } from './invite-link';

test('an invite link is the address of the server with its path', () => {
  const invite = { url: '/app/invite/q0Yl3mT6' };
  expect(inviteLink('https://chat.example.org', invite)).toBe(
    'https://chat.example.org/app/invite/q0Yl3mT6',
  );
});

test.each([
  'https://chat.example.org/app/invite/q0Yl3mT6',
  'https://chat.example.org/app/invite/q0Yl3mT6/?from=mail#top',
  '/app/invite/q0Yl3mT6',
  ' q0Yl3mT6 ',
  'q0Yl3mT6',
])('%s leads to its code', (link) => {
  expect(inviteCode(link)).toBe('q0Yl3mT6');
});
