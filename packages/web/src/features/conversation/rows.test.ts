import { describe, expect, test } from 'bun:test';
import type { OutboxEntry } from '@confab/client';
import type { ChatId, Message, MessageId, UserId } from '../../state/types';
import { type Row, type RowsInput, rowsOf } from './rows';

const [ANN, BEN] = [1 as UserId, 2 as UserId];

function said(seq: number, sender_id: UserId, at: string, more: Partial<Message> = {}): Message {
  const fields = { id: (100 + seq) as MessageId, chat_id: 1 as ChatId, seq, rev: seq, sender_id };
  const rest = { content_type: 'text', status: 'sent', is_deleted: false, reply_to: null };
  return { ...fields, ...rest, client_message_id: null, created_at: at, ...more } as Message;
}

const input = (messages: Message[], more: Partial<RowsInput> = {}): RowsInput => ({
  messages,
  pending: [],
  self: ANN,
  hasOlder: false,
  unreadFrom: null,
  ...more,
});

const marks = (row: Row) =>
  [
    row.isNewDay ? 'day' : '',
    row.isFirstUnread ? 'unread' : '',
    row.startsGroup ? '[' : '',
    row.endsGroup ? ']' : '',
  ].join('');

/** By the clock here: days are those of the calendar at this place. */
const at = (day: number, hour: number, minute = 0) =>
  new Date(2026, 10, day, hour, minute).toISOString();

const talk = [
  said(1, ANN, at(1, 9)),
  said(2, ANN, at(1, 9, 4)),
  said(3, ANN, at(1, 9, 10)),
  said(4, BEN, at(1, 9, 11)),
  said(5, BEN, at(2, 0, 1)),
];

describe('rows', () => {
  test('are grouped by sender, by five minutes and by day', () => {
    expect(rowsOf(input(talk)).map(marks)).toEqual(['day[', ']', '[]', '[]', 'day[]']);
  });

  test('a night between two messages of one sender ends the group', () => {
    const night = [said(1, ANN, at(1, 23, 59)), said(2, ANN, at(2, 0, 1))];
    expect(rowsOf(input(night)).map(marks)).toEqual(['day[]', 'day[]']);
  });

  test('what was unread begins with a divider, which ends a group', () => {
    const rows = rowsOf(input(talk.slice(0, 2), { unreadFrom: 2 }));
    expect(rows.map(marks)).toEqual(['day[]', 'unread[]']);
  });

  test('what the server says belongs to no group', () => {
    const rows = rowsOf(
      input([said(1, ANN, at(1, 9)), said(2, ANN, at(1, 9), { content_type: 'system' })]),
    );
    expect(rows.map(marks)).toEqual(['day[]', '[]']);
  });

  test('none that is shown changes when older ones come', () => {
    for (let from = 1; from < talk.length - 1; from++) {
      const before = rowsOf(input(talk.slice(from), { hasOlder: true }));
      const after = rowsOf(input(talk.slice(from - 1), { hasOlder: true }), before);
      expect(after.slice(1)).toEqual(before);
      for (const [index, row] of before.entries()) expect(after[index + 1]).toBe(row);
    }
  });

  test('are the same objects as long as nothing about them changes', () => {
    const before = rowsOf(input(talk));
    const edited = talk.map((one) => (one.seq === 3 ? { ...one, rev: 9 } : { ...one }));
    const after = rowsOf(input(edited), before);
    expect(after.map((row, index) => row === before[index])).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  test('a message on its way keeps its key when it arrives, and is never there twice', () => {
    const created_at = Date.parse(at(1, 9));
    const entry = { client_message_id: 'a', created_at, draft: { content: 'hi' } } as OutboxEntry;
    const [waiting] = rowsOf(input([], { pending: [entry] }));
    const arrived = said(1, ANN, at(1, 9), { client_message_id: 'a' });
    const rows = rowsOf(input([arrived], { pending: [entry] }));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key).toBe(waiting?.key ?? '');
    expect(rows[0]?.item.kind).toBe('message');
    const others = said(2, BEN, at(1, 9), { client_message_id: 'a' });
    expect(rowsOf(input([others], { pending: [entry] }))).toHaveLength(2);
  });

  test('what is hidden leaves no trace, not even in a group', () => {
    const rows = rowsOf(input(talk.slice(0, 4), { isHidden: ({ seq }) => seq === 3 }));
    expect(rows.map(marks)).toEqual(['day[', ']', '', '[]']);
    const first = rowsOf(input(talk.slice(0, 2), { isHidden: ({ seq }) => seq === 1 }));
    expect(first.map(marks)).toEqual(['', 'day[]']);
  });
});
