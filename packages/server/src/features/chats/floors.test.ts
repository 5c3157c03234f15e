import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { MemberState } from '../../realtime/bus';
import { memberOf } from '../../testing/states';
import { Floors } from './floors';

/** The rule, word for word: with a walk for each question. */
function lowest(members: readonly MemberState[], isInactive: (id: number) => boolean, id: number) {
  const others = members.filter((member) => member.userId !== id);
  const active = others.filter((member) => !isInactive(member.userId));
  const counted = active.length > 0 ? active : others;
  return {
    delivered: Math.min(...counted.map((member) => member.deliveredSeq)),
    read: Math.min(...counted.map((member) => member.readSeq)),
  };
}

test('floors are the lowest marks of all others who are active, or of all others if none is', () => {
  const people = fc.array(
    fc.record({ delivered: fc.nat(6), read: fc.nat(6), isActive: fc.boolean() }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(people, (those) => {
      const members = those.map(({ delivered, read }, index) =>
        memberOf(index + 1, { deliveredSeq: delivered, readSeq: read }),
      );
      const isInactive = (userId: number) => those[userId - 1]?.isActive === false;
      const floors = new Floors(members, isInactive);
      for (let id = 0; id <= those.length + 1; id++) {
        expect(floors.without(id)).toEqual(lowest(members, isInactive, id));
      }
    }),
    { numRuns: 500 },
  );
});
