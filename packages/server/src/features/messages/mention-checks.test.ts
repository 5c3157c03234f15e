import { describe, expect, test } from 'bun:test';
import { memberOf, stateOf } from '../../testing/states';
import { type Apart, MentionChecks } from './mention-checks';

const members = [
  memberOf(1, { role: 'owner' }),
  ...Array.from({ length: 999 }, (_, n) => memberOf(n + 2)),
];
const state = stateOf(members);

function checks(apartFrom: (userId: number) => Apart | Promise<Apart> = () => new Set([7])) {
  const costs: number[] = [];
  const limit = (_userId: number, cost = 1) => void costs.push(cost);
  return { costs, checks: new MentionChecks({ apartFrom, limit }) };
}

describe('what a message may mention', () => {
  test('is known at once when nothing must be read', () => {
    const { checks: one } = checks();
    expect(one.of(state, 2, 'hello')).toBeNull();
    expect(one.of(state, 2, '@bob')).toEqual({ names: ['bob'], all: false, except: [7] });
  });

  test('is not asked for without an @', () => {
    const { checks: one } = checks(() => {
      throw new Error('asked');
    });
    expect(one.of(state, 2, 'hello')).toBeNull();
  });

  test('keeps the order of one sender’s messages while it is read, and holds up nobody else', async () => {
    const reading = Promise.withResolvers<Apart>();
    const { checks: one } = checks(() => reading.promise);
    const order: string[] = [];
    const sent = ['@bob 1', 'two', 'three'].map(async (content) => {
      await one.of(state, 2, content);
      order.push(content);
    });
    expect(one.of(state, 3, 'hello')).toBeNull();
    reading.resolve(new Set());
    await Promise.all(sent);
    expect(order).toEqual(['@bob 1', 'two', 'three']);
    expect(one.of(state, 2, 'four')).toBeNull();
  });

  test('costs the more the more it reaches, for those who may call all', async () => {
    const { costs, checks: one } = checks();
    await one.of(state, 1, '@all');
    await one.of(state, 2, '@all');
    await one.of(state, 1, '@bob');
    expect(costs).toEqual([2]);
  });

  test('is not known when the reading fails, and is read again', async () => {
    let fails = true;
    const { checks: one } = checks(async () => {
      if (fails) throw new Error('no connection');
      return new Set();
    });
    await expect(one.of(state, 2, '@bob')).rejects.toThrow('no connection');
    fails = false;
    expect(await one.of(state, 2, '@bob')).toMatchObject({ names: ['bob'] });
  });
});
