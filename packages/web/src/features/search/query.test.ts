import { expect, test } from 'bun:test';
import type { ChatId, UserId } from '@confab/protocol';
import { optionsOf } from './query';

test('a bare search narrows nothing', () => {
  expect(optionsOf({ name: 'search', query: 'tea' })).toEqual({});
});

test('every filter is asked of the server, days from midnight to midnight by the clock here', () => {
  const options = optionsOf({
    name: 'search',
    query: 'tea',
    chatId: 1 as ChatId,
    senderId: 2 as UserId,
    kind: 'image',
    from: '2026-03-29',
    to: '2026-03-29',
    best: true,
  });
  expect(options).toEqual({
    chat_id: 1 as ChatId,
    sender_id: 2 as UserId,
    content_type: 'image',
    sent_after: new Date(new Date(2026, 2, 29).getTime() - 1).toISOString(),
    sent_before: new Date(2026, 2, 30).toISOString(),
    order: 'best',
  });
});

test('files of any kind are messages with files', () => {
  expect(optionsOf({ name: 'search', query: 'tea', kind: 'any-file' })).toEqual({
    has_media: true,
  });
});
