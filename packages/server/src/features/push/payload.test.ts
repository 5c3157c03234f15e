import { expect, test } from 'bun:test';
import { NOTIFICATION } from '../../testing/push/push-world';
import { readPayload, writePayload } from './payload';

const { title: _, body: __, ...UNWORDED } = NOTIFICATION;

test('what is stored is read again, without any words', () => {
  const elsewhere = { ...UNWORDED, chatId: null, messageId: null };
  for (const notification of [UNWORDED, elsewhere]) {
    expect(readPayload(writePayload(notification))).toEqual(notification);
  }
  expect(writePayload(NOTIFICATION)).not.toContain(NOTIFICATION.body);
});

test('what another version stored is not taken for a notification', () => {
  for (const payload of ['', '{', '{}', '[]', 'null', '{"type":"poll"}']) {
    expect([payload, readPayload(payload)]).toEqual([payload, undefined]);
  }
});
