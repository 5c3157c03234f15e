import { describe, expect, test } from 'bun:test';
import { Admission } from './admission';

const never = () => new Promise<never>(() => {});

describe('who is let in to search', () => {
  test('so many run at once, and the others in their turn', async () => {
    const admission = new Admission({ running: 1, perUser: 5, total: 5 });
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const running = admission.run(1, async () => {
      order.push('first');
      await first.promise;
    });
    const second = admission.run(2, async () => order.push('second'));
    const third = admission.run(1, async () => order.push('third'));
    await Promise.resolve();
    expect(order).toEqual(['first']);
    first.resolve();
    await Promise.all([running, second, third]);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  test('nobody has more than their share under way', async () => {
    const admission = new Admission({ running: 2, perUser: 1, total: 10 });
    void admission.run(1, never);
    await expect(admission.run(1, async () => 1)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await admission.run(2, async () => 2)).toBe(2);
    expect(await admission.run(2, async () => 3)).toBe(3);
  });

  test('when too many wait, more are refused', async () => {
    const admission = new Admission({ running: 1, perUser: 9, total: 2 });
    void admission.run(1, never);
    void admission.run(2, never);
    await expect(admission.run(3, async () => 1)).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterS: 1,
    });
  });

  test('one that fails makes room', async () => {
    const admission = new Admission({ running: 1, perUser: 1, total: 1 });
    const failing = admission.run(1, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(await admission.run(1, async () => 1)).toBe(1);
  });
});
