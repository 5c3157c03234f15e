import { expect, test } from 'bun:test';
import type { ChatId, MessageId, UserId } from '@confab/protocol';
import { hrefOf, PANELS, type Route, routeOf, SETTINGS_PAGES } from './routes';

const [chatId, messageId, userId] = [12 as ChatId, 345 as MessageId, 7 as UserId];

const places: Route[] = [
  { name: 'home' },
  { name: 'sign-in' },
  { name: 'register' },
  { name: 'chat', chatId },
  { name: 'chat', chatId, messageId },
  ...PANELS.map((panel): Route => ({ name: 'chat', chatId, panel })),
  { name: 'new-chat' },
  { name: 'new-group' },
  { name: 'invite', code: 'a_B-9' },
  { name: 'person', userId },
  { name: 'search', query: 'tea & cake?' },
  { name: 'search', query: '茶', chatId },
  {
    name: 'search',
    query: '',
    chatId,
    senderId: userId,
    kind: 'any-file',
    from: '2026-11-01',
    to: '2026-11-20',
    best: true,
  },
  { name: 'notifications' },
  { name: 'settings', page: null },
  ...SETTINGS_PAGES.map((page): Route => ({ name: 'settings', page })),
];

test.each(places)('%j has an address that leads back to it', (place) => {
  const { pathname, search } = new URL(hrefOf(place), 'http://localhost');
  expect(routeOf(pathname, search)).toEqual(place);
});

test.each([
  '/app/chats/0',
  '/app/chats/-1',
  '/app/chats/1e3',
  '/app/chats/9007199254740993',
  '/app/chats/12/messages/x',
  '/app/chats/12/secrets',
  '/app/chats/new/club',
  '/app/settings/none',
  '/app/people/',
  '/app/toString',
  '/app/search/more',
])('%s is no place', (path) => {
  expect(routeOf(path)).toEqual({ name: 'not-found' });
});

test('a search leaves out what makes no sense in an address', () => {
  const search = '?q=tea&chat=x&by=0&kind=poem&from=yesterday&to=2026-99-99&order=worst';
  expect(routeOf('/app/search', search)).toEqual({ name: 'search', query: 'tea' });
});

test('the app is also at /app, and at addresses with a slash too much', () => {
  expect(routeOf('/app')).toEqual({ name: 'home' });
  expect(routeOf('/app/chats/12/')).toEqual({ name: 'chat', chatId });
});
