import { expect, test } from 'bun:test';
import { NOTIFICATION } from '../../testing/push/push-world';
import { readPayload, writePayload } from './payload';

test('what is stored is read again', () => {
  const wake = { ...NOTIFICATION, body: '', chatId: null, messageId: null };
  for (const notification of [NOTIFICATION, wake]) {
    expect(readPayload(writePayload(notification))).toEqual(notification);
  }
});

test('what another version stored is not taken for a notification', () => {
  for (const payload of ['', '{', '{}', '[]', 'null', '{"type":"poll"}']) {
    expect([payload, readPayload(payload)]).toEqual([payload, undefined]);
  }
});
