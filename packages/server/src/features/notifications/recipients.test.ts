import { describe, expect, test } from 'bun:test';
import { type FollowedMessage, newsFor, tellable } from './recipients';

const message = (seq: number, more: Partial<FollowedMessage> = {}): FollowedMessage => ({
  id: 100 + seq,
  seq,
  sender_id: 1,
  content_type: 'text',
  is_deleted: 0,
  mentions: null,
  created_at: seq,
  ...more,
});
const never = () => false;
const reader = { userId: 2, readSeq: 0 };

describe('news', () => {
  const three = [message(1), message(2), message(3)];
  test('is the newest message for all of them', () => {
    expect(newsFor(reader, three, never, never)).toEqual({
      userId: 2,
      message: message(3),
      firstSeq: 1,
      messages: 3,
    });
  });
  test('is not what one sent or read oneself', () => {
    expect(newsFor({ ...reader, readSeq: 2 }, three, never, never)?.messages).toBe(1);
    expect(newsFor({ ...reader, readSeq: 3 }, three, never, never)).toBeUndefined();
    expect(newsFor({ ...reader, userId: 1 }, three, never, never)).toBeUndefined();
  });
  test('is not what mentions one', () => {
    const mixed = [message(1), message(2, { mentions: '[2]' })];
    const news = newsFor(reader, mixed, (id) => id === 102, never);
    expect(news).toMatchObject({ message: { seq: 1 }, messages: 1 });
  });
  test('is not of those with whom one does not talk', () => {
    const mixed = [message(1, { sender_id: 3 }), message(2)];
    expect(newsFor(reader, mixed, never, (id) => id === 1)?.message.seq).toBe(1);
  });
  test('is neither of the system nor taken back', () => {
    const mixed = [message(1, { content_type: 'system' }), message(2, { is_deleted: 1 })];
    expect(tellable([...mixed, message(3)]).map(({ seq }) => seq)).toEqual([3]);
  });
});
