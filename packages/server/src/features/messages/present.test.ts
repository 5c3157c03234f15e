import { expect, test } from 'bun:test';
import { memberOf, stateOf } from '../../testing/states';
import { NO_PARTS, presentMessages } from './present';
import type { StoredMessage } from './repository';

const EMPTY = {
  quote_id: null,
  envelope: null,
  system_event: null,
  mentions: null,
  edited_at: null,
  pinned_at: null,
  expires_at: null,
  has_media: 0,
  created_at: 0,
};
const stored = (seq: number, senderId: number) =>
  ({ ...EMPTY, id: 100 + seq, seq, sender_id: senderId, content_type: 'text' }) as StoredMessage;

test('a page looks through the members once, however many people wrote it', () => {
  const members = Array.from({ length: 1000 }, (_, index) => memberOf(index + 1));
  let looks = 0;
  const state = stateOf(members, { last_seq: 50 }, () => {
    looks++;
    return false;
  });
  const rows = Array.from({ length: 50 }, (_, index) => stored(index + 1, index + 1));
  const view = { now: 0, letsBeRead: true, letsBeDelivered: () => true };
  expect(presentMessages(rows, state, NO_PARTS, view).map(({ status }) => status)).toEqual(
    rows.map(() => 'sent'),
  );
  expect(looks).toBe(members.length);
});
