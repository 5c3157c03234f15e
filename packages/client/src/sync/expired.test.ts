import { describe, expect, test } from 'bun:test';
import type { Chat, ChatId, Message, UserId } from '@confab/protocol';
import { FakeChat } from '../testing/fake-chat';
import { shownChat, shownMessage } from './expired';

const END = '2026-11-20T12:00:05.000Z';
const at = Date.parse(END);
const ann = { id: 1 as UserId, username: 'ann' };

function scene(expires_at: string | null | undefined): { message: Message; chat: Chat } {
  const fake = new FakeChat(1 as ChatId, 'group', 'G', [ann], () => 7);
  const sent = fake.send(ann.id, 'a secret');
  const message: Message = { ...sent, is_pinned: true, reactions: [] };
  if (expires_at !== undefined) message.expires_at = expires_at;
  return { message, chat: { ...fake.chatFor(ann.id), last_message: message } };
}

describe('a held message', () => {
  test.each([[null], [undefined]])('with the end %p is shown for ever', (end) => {
    const { message, chat } = scene(end);
    expect(shownMessage(message, Number.MAX_SAFE_INTEGER)).toBe(message);
    expect(shownChat(chat, Number.MAX_SAFE_INTEGER)).toBe(chat);
  });

  test('is shown until its end, and from then on only its place', () => {
    const { message, chat } = scene(END);
    expect(shownMessage(message, at - 1)).toBe(message);
    const shown = shownMessage(message, at);
    expect(shown).toMatchObject({ id: message.id, seq: 1, is_deleted: true, is_pinned: false });
    expect(JSON.stringify([shown, shownChat(chat, at)])).not.toContain('a secret');
  });
});
