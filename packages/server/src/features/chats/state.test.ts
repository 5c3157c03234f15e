import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { memberOf, stateOf } from '../../testing/states';
import type { ChatState } from './state';

function said(state: ChatState, senderId: number, at = 0) {
  const seq = state.lastSeq + 1;
  state.apply(state.rev + 1, { kind: 'message', messageId: 100 + seq, seq, senderId, at });
}

describe('watermarks', () => {
  const mark = fc.record({
    userId: fc.integer({ min: 1, max: 3 }),
    readSeq: fc.integer({ min: 0, max: 30 }),
    deliveredSeq: fc.integer({ min: 0, max: 30 }),
    at: fc.integer({ min: 0, max: 1000 }),
  });
  const step = fc.oneof(mark, fc.record({ senderId: fc.integer({ min: 1, max: 3 }) }));

  test('never go back, never pass the newest message, and what is read is delivered', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const state = stateOf([memberOf(1), memberOf(2), memberOf(3)]);
        const before = new Map<number, { read: number; delivered: number }>();
        for (const each of steps) {
          if ('senderId' in each) said(state, each.senderId);
          else state.advance(each);
          for (const member of state.members.values()) {
            const { userId, readSeq, deliveredSeq } = member;
            const past = before.get(userId) ?? { read: 0, delivered: 0 };
            expect(readSeq).toBeGreaterThanOrEqual(past.read);
            expect(deliveredSeq).toBeGreaterThanOrEqual(past.delivered);
            expect(deliveredSeq).toBeGreaterThanOrEqual(readSeq);
            expect(deliveredSeq).toBeLessThanOrEqual(state.lastSeq);
            expect(state.unread(userId)).toBe(state.lastSeq - readSeq);
            before.set(userId, { read: readSeq, delivered: deliveredSeq });
          }
        }
      }),
    );
  });

  test('floors are the least of the others', () => {
    const state = stateOf([memberOf(1), memberOf(2), memberOf(3)]);
    for (let i = 0; i < 5; i++) said(state, 1);
    state.advance({ userId: 2, readSeq: 2, deliveredSeq: 5, at: 0 });
    state.advance({ userId: 3, readSeq: 4, deliveredSeq: 4, at: 0 });
    expect(state.floors().without(1)).toEqual({ delivered: 4, read: 2 });
    expect(
      stateOf([memberOf(1)])
        .floors()
        .without(1).read,
    ).toBe(Number.POSITIVE_INFINITY);
  });

  test('tell when they passed a place, as far as they remember, and never later than they did', () => {
    const state = stateOf([memberOf(1), memberOf(2, { joinedAt: 7 })]);
    for (let i = 0; i < 40; i++) said(state, 1);
    expect(state.passedAt(2, 1, 'read')).toBe(7);
    for (let seq = 1; seq <= 40; seq++) {
      state.advance({ userId: 2, readSeq: seq, deliveredSeq: 0, at: 1000 + seq });
    }
    expect(state.passedAt(2, 40, 'read')).toBe(1040);
    expect(state.passedAt(2, 30, 'delivered')).toBe(1030);
    expect(state.passedAt(2, 1, 'read')).toBeLessThanOrEqual(1040);
  });

  test('of strangers move nothing', () => {
    const state = stateOf([memberOf(1)]);
    said(state, 1);
    expect(state.advance({ userId: 9, readSeq: 1, deliveredSeq: 1, at: 0 })).toBe(false);
    expect(state.unread(9)).toBe(0);
  });
});

describe('changes', () => {
  test('that the loaded rows held already are passed over', () => {
    const state = stateOf([memberOf(1)], { rev: 5, last_seq: 3 });
    state.apply(5, { kind: 'message', messageId: 1, seq: 3, senderId: 1, at: 0 });
    state.apply(4, { kind: 'member_removed', userId: 1 });
    expect([state.rev, state.lastSeq, state.members.size]).toEqual([5, 3, 1]);
    state.apply(6, { kind: 'content' });
    state.apply(7, { kind: 'info' });
    expect(state.rev).toBe(7);
  });

  test('a member who changes keeps a delivery that is not stored yet', () => {
    const state = stateOf([memberOf(2, { deliveredSeq: 3, readSeq: 1 })], { last_seq: 9 });
    state.advance({ userId: 2, readSeq: 0, deliveredSeq: 7, at: 5 });
    const stored = memberOf(2, { role: 'admin', deliveredSeq: 3, readSeq: 1 });
    state.apply(3, { kind: 'member_updated', member: stored });
    expect(state.members.get(2)).toMatchObject({ role: 'admin', deliveredSeq: 7, deliveredAt: 5 });
    const further = memberOf(2, { deliveredSeq: 9, readSeq: 9, deliveredAt: 6 });
    state.apply(4, { kind: 'member_updated', member: further });
    expect(state.members.get(2)).toMatchObject({ deliveredSeq: 9, readSeq: 9, deliveredAt: 6 });
  });

  test('bring members in, change them and let them go', () => {
    const state = stateOf([memberOf(1)]);
    state.apply(2, { kind: 'member_added', member: memberOf(2) });
    state.apply(3, { kind: 'member_updated', member: memberOf(2, { role: 'admin' }) });
    expect(state.members.get(2)?.role).toBe('admin');
    state.apply(4, { kind: 'member_removed', userId: 1 });
    expect([...state.members.keys()]).toEqual([2]);
    state.apply(5, { kind: 'deleted' });
    expect([state.deleted, state.members.size]).toEqual([true, 0]);
  });

  test('of a member leave watermarks where they are that were not stored yet', () => {
    const state = stateOf([memberOf(1), memberOf(2)]);
    for (let n = 0; n < 5; n++) said(state, 1);
    state.advance({ userId: 2, readSeq: 2, deliveredSeq: 5, at: 70 });
    const row = memberOf(2, { role: 'admin', readSeq: 1, deliveredSeq: 1, readAt: 10 });
    state.apply(state.rev + 1, { kind: 'member_updated', member: row });
    expect(state.members.get(2)).toMatchObject({
      role: 'admin',
      readSeq: 2,
      readAt: 70,
      deliveredSeq: 5,
    });
    const ahead = memberOf(2, { readSeq: 4, deliveredSeq: 4, readAt: 90 });
    state.apply(state.rev + 1, { kind: 'member_updated', member: ahead });
    expect(state.members.get(2)).toMatchObject({ readSeq: 4, readAt: 90, deliveredSeq: 5 });
  });

  test('can close a direct chat, for good', () => {
    const state = stateOf([memberOf(1), memberOf(2)], { chat_type: 'direct', direct_key: '1:2' });
    state.apply(2, { kind: 'info' });
    expect(state.closed).toBe(false);
    state.apply(3, { kind: 'info', closed: true });
    state.apply(4, { kind: 'info' });
    expect(state.closed).toBe(true);
  });

  test('a sender has read what they sent', () => {
    const state = stateOf([memberOf(1), memberOf(2)]);
    said(state, 2);
    said(state, 1, 50);
    expect(state.members.get(1)).toMatchObject({ readSeq: 2, deliveredSeq: 2, readAt: 50 });
    expect([state.unread(1), state.unread(2)]).toEqual([0, 1]);
  });

  test('the newest messages are found by id and by place, the oldest are forgotten', () => {
    const state = stateOf([memberOf(1)]);
    for (let i = 0; i < 1000; i++) said(state, 1);
    expect(state.recentById(1100)).toEqual({ id: 1100, seq: 1000, senderId: 1 });
    for (let seq = 800; seq <= 1000; seq++) expect(state.recentAt(seq)?.seq).toBe(seq);
    expect(state.recentAt(1)).toBeUndefined();
    expect(state.recentAt(1001)).toBeUndefined();
    expect(state.recentById(101)).toBeUndefined();
  });
});
