import { expect, test } from 'bun:test';
import { ownWords, placeOf, readPush } from './push-message';

test('a push is read as the server writes it', () => {
  const text = JSON.stringify({
    title: 'ben in Team',
    body: 'Hello',
    tag: 'chat-12',
    data: { notification_id: '31', type: 'message', badge: '3', chat_id: '12', message_id: '345' },
  });
  const push = readPush(text);
  expect(push).toEqual({
    title: 'ben in Team',
    body: 'Hello',
    tag: 'chat-12',
    notificationId: 31,
    chatId: 12,
    messageId: 345,
    badge: 3,
  });
  expect(placeOf(push)).toBe('/app/chats/12/messages/345');
});

test('a wake-up has no words, and leads to its chat all the same', () => {
  const push = readPush('{"tag":"chat-12","data":{"chat_id":"12","badge":"1"}}');
  expect(push).toMatchObject({ title: null, body: '', tag: 'chat-12', chatId: 12 });
  expect(placeOf(push)).toBe('/app/chats/12');
});

test('nobody has words for what was written in an encrypted chat', () => {
  const words = { title: 'ben', body: 'Send me the money' };
  expect(ownWords(words, { name: 'Ben', isEncrypted: false })).toEqual(words);
  expect(ownWords(words, { name: 'Ben', isEncrypted: true })).toBeNull();
});

test.each([
  '',
  'Test push message from DevTools.',
  '[]',
  'null',
  '{"title":5,"data":"x"}',
  '{"data":{"chat_id":"1e9","message_id":"../../evil"}}',
])('%j is shown as news of no chat', (text) => {
  const push = readPush(text);
  expect(push).toMatchObject({ title: null, chatId: null, messageId: null });
  expect(placeOf(push)).toBe('/app/notifications');
});
