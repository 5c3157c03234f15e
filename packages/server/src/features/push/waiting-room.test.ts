import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { WaitingRoom } from './waiting-room';

const job = (userId: number, name = '') => ({ userId, name });

describe('a waiting room', () => {
  test('knows the oldest of each user, and of the one who has most', () => {
    const room = new WaitingRoom<ReturnType<typeof job>>();
    const jobs = [job(1, 'a1'), job(2, 'b1'), job(2, 'b2'), job(1, 'a2'), job(3, 'c1')];
    for (const each of jobs) room.add(each);
    expect(room.size).toBe(5);
    expect(room.oldestOf(1)?.name).toBe('a1');
    expect(room.oldestOf(9)).toBeUndefined();
    expect(room.oldestOfMost()?.name).toBe('b1');
    room.delete(jobs[1] as (typeof jobs)[0]);
    expect(room.oldestOfMost()?.name).toBe('a1');
    expect(room.countOf(2)).toBe(1);
  });

  test('says the same as counting would, whatever comes and goes', () => {
    const step = fc.record({ userId: fc.integer({ min: 1, max: 4 }), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const room = new WaitingRoom<ReturnType<typeof job>>();
        const held: ReturnType<typeof job>[] = [];
        for (const { userId, leaves } of steps) {
          const gone = leaves ? held.findIndex((each) => each.userId === userId) : -1;
          if (gone >= 0) room.delete(held.splice(gone, 1)[0] as (typeof held)[0]);
          else if (!leaves) {
            held.push(job(userId));
            room.add(held.at(-1) as (typeof held)[0]);
          }
          const counts = [1, 2, 3, 4].map((id) => held.filter((x) => x.userId === id).length);
          const most = room.oldestOfMost();
          expect(room.size).toBe(held.length);
          expect(most ? room.countOf(most.userId) : 0).toBe(Math.max(...counts));
          expect(most).toBe(held.find((each) => each.userId === most?.userId));
        }
      }),
    );
  });
});
