import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import * as rules from './rules';

const ROLES = ['member', 'admin', 'owner'] as const;
const role = fc.constantFrom(...ROLES);
const rank = (of: (typeof ROLES)[number]) => ROLES.indexOf(of);
const allows = (rule: () => void): boolean => {
  try {
    rule();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return false;
  }
};

describe('roles', () => {
  test('whoever may do something may do it with a higher role too', () => {
    fc.assert(
      fc.property(role, role, role, (lower, higher, target) => {
        fc.pre(rank(lower) <= rank(higher));
        const judged = [rules.mustAdd, rules.mustRemove].map((rule) =>
          [lower, higher].map((actor) => allows(() => rule(actor, target))),
        );
        for (const [low, high] of judged) if (low) expect(high).toBe(true);
      }),
    );
  });

  test('nobody removes an equal or a superior', () => {
    fc.assert(
      fc.property(role, role, (actor, target) => {
        if (rank(target) >= rank(actor)) {
          expect(allows(() => rules.mustRemove(actor, target))).toBe(false);
        }
      }),
    );
  });

  test('everybody names themselves; admins name all but the owner', () => {
    expect(allows(() => rules.mustRename('member', 'member', true))).toBe(true);
    expect(allows(() => rules.mustRename('member', 'member', false))).toBe(false);
    expect(allows(() => rules.mustRename('admin', 'admin', false))).toBe(true);
    expect(allows(() => rules.mustRename('admin', 'owner', false))).toBe(false);
  });

  test('only groups are changed', () => {
    expect(allows(() => rules.mustBeGroup('group'))).toBe(true);
    expect(allows(() => rules.mustBeGroup('direct'))).toBe(false);
  });
});

describe('the successor', () => {
  const candidates = fc.uniqueArray(
    fc.record({
      userId: fc.integer({ min: 1, max: 50 }),
      role,
      joinedAt: fc.integer({ min: 0, max: 9 }),
    }),
    { selector: (candidate) => candidate.userId, maxLength: 12 },
  );

  test('is the oldest admin, else the oldest member, whatever the order of the list', () => {
    fc.assert(
      fc.property(candidates, (others) => {
        const heir = rules.successor(others);
        expect(rules.successor([...others].reverse())).toEqual(heir);
        if (!heir) return expect(others).toEqual([]);
        const admins = others.filter((other) => other.role === 'admin');
        const pool = admins.length > 0 ? admins : others;
        expect(pool).toContain(heir);
        for (const other of pool) expect(heir.joinedAt).toBeLessThanOrEqual(other.joinedAt);
      }),
    );
  });
});
