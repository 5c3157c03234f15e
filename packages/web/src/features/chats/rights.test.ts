import { describe, expect, test } from 'bun:test';
import type { Chat, ChatMember, UserId } from '../../state/types';
import {
  byRank,
  heirOf,
  mayDelete,
  mayEdit,
  mayInvite,
  maySetDisappearing,
  memberActions,
} from './rights';

const group = (my_role: Chat['my_role'], is_encrypted = false) =>
  ({ chat_type: 'group', my_role, is_encrypted }) as const;
const direct = { chat_type: 'direct', my_role: 'member', is_encrypted: false } as const;
const member = (id: number, role: ChatMember['role'], joined_at = '2026-01-01T00:00:00.000Z') => ({
  user_id: id as UserId,
  role,
  joined_at,
});
const SELF = 1 as UserId;

describe('rights in a chat', () => {
  test('a member looks, an admin edits and invites, the owner deletes', () => {
    const rights = (chat: Parameters<typeof mayEdit>[0]) => [
      mayEdit(chat),
      mayInvite(chat),
      mayDelete(chat),
      maySetDisappearing(chat),
    ];
    expect(rights(group('member'))).toEqual([false, false, false, false]);
    expect(rights(group('admin'))).toEqual([true, true, false, true]);
    expect(rights(group('owner'))).toEqual([true, true, true, true]);
    expect(rights(direct)).toEqual([false, false, false, true]);
    expect(mayInvite(group('owner', true))).toBe(false);
    expect(memberActions(group('owner', true), member(2, 'member'), SELF)).toContain('remove');
  });

  test('an admin removes members alone; the owner decides all but about themselves', () => {
    const may = (role: Chat['my_role'], of: ReturnType<typeof member>) =>
      memberActions(group(role), of, SELF);
    expect(may('admin', member(2, 'member'))).toEqual(['remove']);
    expect(may('admin', member(2, 'admin'))).toEqual([]);
    expect(may('admin', member(2, 'owner'))).toEqual([]);
    expect(may('member', member(2, 'member'))).toEqual([]);
    expect(may('owner', member(2, 'admin'))).toEqual(['make_member', 'make_owner', 'remove']);
    expect(may('owner', member(2, 'member'))).toEqual(['make_admin', 'make_owner', 'remove']);
    expect(may('owner', member(1, 'owner'))).toEqual([]);
  });
});

test('the oldest admin inherits a group, else the oldest member', () => {
  const owner = member(1, 'owner');
  const old = member(2, 'member', '2025-01-01T00:00:00.000Z');
  const admins = [member(4, 'admin'), member(3, 'admin')];
  expect(heirOf([owner, old, ...admins], SELF)?.user_id).toBe(3 as UserId);
  expect(heirOf([owner, member(5, 'member'), old], SELF)?.user_id).toBe(2 as UserId);
  expect(heirOf([owner], SELF)).toBeUndefined();
});

test('members are shown by rank, then by name', () => {
  const people = [
    { ...member(1, 'member'), name: 'Zoe' },
    { ...member(2, 'member'), name: 'ändi' },
    { ...member(3, 'owner'), name: 'Yan' },
    { ...member(4, 'admin'), name: 'Xu' },
  ];
  expect(byRank(people, ({ name }) => name).map(({ name }) => name)).toEqual([
    'Yan',
    'Xu',
    'ändi',
    'Zoe',
  ]);
});
