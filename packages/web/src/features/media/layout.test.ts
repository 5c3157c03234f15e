import { expect, test } from 'bun:test';
import { boxOf, gridOf } from './layout';

test('a single picture keeps its shape within bounds', () => {
  expect(boxOf({ width: 1600, height: 1200 })).toEqual({ width: 400, height: 300 });
  expect(boxOf({ width: 1000, height: 4000 })).toEqual({ width: 120, height: 360 });
  expect(boxOf({ width: 200, height: 150 })).toEqual({ width: 200, height: 150 });
  expect(boxOf({ width: 1, height: 1 })).toEqual({ width: 120, height: 120 });
  expect(boxOf({ width: null, height: null })).toEqual({ width: 280, height: 210 });
});

test('every line of a grid is full', () => {
  for (let count = 1; count <= 20; count++) {
    const { shown, spans } = gridOf(count);
    expect(spans).toHaveLength(shown);
    let line = 0;
    for (const span of spans) {
      line += span;
      expect(line).toBeLessThanOrEqual(6);
      if (line === 6) line = 0;
    }
    expect(line).toBe(0);
  }
  expect(gridOf(20).shown).toBe(9);
});
