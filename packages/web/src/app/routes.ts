import type { ChatId, MessageId, UserId } from '@confab/protocol';
import { type SearchPlace, searchParamsOf, searchPlaceOf } from './search-place';

/** Where in the app somebody is. Each place has an address. */
export type Route =
  | { name: 'home' }
  | { name: 'sign-in' }
  | { name: 'register' }
  | { name: 'chat'; chatId: ChatId; messageId?: MessageId; panel?: Panel }
  | { name: 'new-chat' }
  | { name: 'new-group' }
  | { name: 'invite'; code: string }
  | { name: 'person'; userId: UserId }
  | SearchPlace
  | { name: 'notifications' }
  | { name: 'settings'; page: SettingsPage | null }
  | { name: 'not-found' };

/** What lies beside a conversation. */
export const PANELS = ['info', 'members', 'media', 'pins', 'search', 'encryption'] as const;
export type Panel = (typeof PANELS)[number];

export const SETTINGS_PAGES = [
  'profile',
  'appearance',
  'notifications',
  'privacy',
  'sessions',
  'encryption',
  'account',
] as const;
export type SettingsPage = (typeof SETTINGS_PAGES)[number];

const BASE = '/app';

const one = <T extends string>(of: readonly T[], value: string | undefined): T | undefined =>
  of.find((each) => each === value);

/** An id as addresses have it: digits, no larger than JavaScript can count. */
function idOf<T extends number>(text: string | undefined): T | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? (Number(text) as T) : undefined;
}

/** The place at an address: `/app/chats/12/messages/345`. */
export function routeOf(path: string, search = ''): Route {
  const parts = path
    .replace(/^\/app\/?/, '')
    .split('/')
    .filter((part) => part !== '');
  return placeOf(parts, new URLSearchParams(search)) ?? { name: 'not-found' };
}

function placeOf([first, second, ...rest]: string[], query: URLSearchParams): Route | undefined {
  if (first === undefined) return { name: 'home' };
  if (first === 'chats') return second === 'new' ? newOf(rest) : chatOf(second, rest);
  if (first === 'settings' && rest.length === 0) return settingsOf(second);
  if (first === 'invite' && second !== undefined) return { name: 'invite', code: second };
  if (first === 'people') return personOf(second);
  if (second !== undefined) return undefined;
  if (first === 'search') return searchPlaceOf(query);
  return (
    one(['sign-in', 'register', 'notifications'] as const, first) && { name: first as 'register' }
  );
}

function newOf([what]: string[]): Route | undefined {
  if (what === undefined) return { name: 'new-chat' };
  return what === 'group' ? { name: 'new-group' } : undefined;
}

function chatOf(id: string | undefined, [what, detail]: string[]): Route | undefined {
  const chatId = idOf<ChatId>(id);
  if (chatId === undefined) return undefined;
  if (what === undefined) return { name: 'chat', chatId };
  const messageId = what === 'messages' ? idOf<MessageId>(detail) : undefined;
  if (messageId !== undefined) return { name: 'chat', chatId, messageId };
  const panel = one(PANELS, what);
  return panel && { name: 'chat', chatId, panel };
}

function settingsOf(page: string | undefined): Route | undefined {
  if (page === undefined) return { name: 'settings', page: null };
  const known = one(SETTINGS_PAGES, page);
  return known && { name: 'settings', page: known };
}

function personOf(id: string | undefined): Route | undefined {
  const userId = idOf<UserId>(id);
  return userId === undefined ? undefined : { name: 'person', userId };
}

/** The address of a place. */
export function hrefOf(route: Route): string {
  switch (route.name) {
    case 'home':
    case 'not-found':
      return `${BASE}/`;
    case 'chat':
      return `${BASE}/chats/${route.chatId}${withinChat(route)}`;
    case 'new-chat':
      return `${BASE}/chats/new`;
    case 'new-group':
      return `${BASE}/chats/new/group`;
    case 'invite':
      return `${BASE}/invite/${encodeURIComponent(route.code)}`;
    case 'person':
      return `${BASE}/people/${route.userId}`;
    case 'search':
      return `${BASE}/search?${searchParamsOf(route)}`;
    case 'settings':
      return `${BASE}/settings${route.page ? `/${route.page}` : ''}`;
    default:
      return `${BASE}/${route.name}`;
  }
}

function withinChat({ messageId, panel }: { messageId?: number; panel?: Panel }): string {
  if (messageId !== undefined) return `/messages/${messageId}`;
  return panel ? `/${panel}` : '';
}
