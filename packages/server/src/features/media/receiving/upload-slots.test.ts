import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../../../testing/manual-clock';
import { UploadSlots } from './upload-slots';

const TOO_MANY = expect.objectContaining({ code: 'too_many_uploads' });

function slots(perUser: number, total: number) {
  const clock = new ManualClock();
  const all = new UploadSlots({ clock, perUser, total });
  const begun = (userId: number, bytes = 1) => {
    const slot = all.take(userId);
    slot.came(bytes);
    return slot;
  };
  return { clock, all, begun };
}

describe('upload slots', () => {
  test('of one user are counted from the first moment, and given back once', () => {
    const { all } = slots(2, 10);
    const first = all.take(1);
    all.take(1);
    expect(() => all.take(1)).toThrow(TOO_MANY);
    first.release();
    first.release();
    all.take(1);
    expect(() => all.take(1)).toThrow(TOO_MANY);
    all.take(2);
  });

  test('of all are taken by those alone of which something came', () => {
    const { all, begun } = slots(4, 2);
    for (const userId of [1, 2, 3]) all.take(userId);
    const [a] = [begun(4), begun(5)];
    const late = all.take(6);
    expect(() => late.came(1)).toThrow(TOO_MANY);
    expect(late.ended.aborted).toBe(true);
    a.release();
    begun(6);
  });

  test('the slowest of whoever has most goes to a user who has none', () => {
    const { clock, begun } = slots(4, 4);
    const [fast, slow, other] = [begun(1, 1000), begun(1, 10), begun(2)];
    clock.advance(1000);
    const young = begun(1, 10);
    clock.advance(10);
    begun(3);
    expect([fast, slow, other, young].map(({ ended }) => ended.aborted)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(slow.ended.reason).toEqual(TOO_MANY);
    expect(() => slow.came(1)).toThrow(TOO_MANY);
    slow.release();
    expect(() => begun(2)).toThrow(TOO_MANY);
  });

  test('one that crawls goes to a user who has none, even if all have one each', () => {
    const { clock, begun } = slots(4, 2);
    const [crawls, goes] = [begun(1), begun(2)];
    expect(() => begun(3)).toThrow(TOO_MANY);
    clock.advance(20_000);
    crawls.came(100_000);
    goes.came(400_000);
    begun(3);
    expect([crawls, goes].map(({ ended }) => ended.aborted)).toEqual([true, false]);
    expect(() => begun(4)).toThrow(TOO_MANY);
  });

  test('what has come whole is not ended', () => {
    const { begun } = slots(4, 2);
    const both = [begun(1), begun(1)];
    for (const slot of both) slot.received();
    expect(() => begun(2)).toThrow(TOO_MANY);
    expect(both.some(({ ended }) => ended.aborted)).toBe(false);
  });
});
