import { expect, test } from 'bun:test';
import { FIT, MOST_SCALE, panBy, zoomAt } from './zoom';

const stage = { width: 1000, height: 600 };

test('the point that is zoomed at stays where it is', () => {
  const at = { x: 200, y: -100 };
  const first = zoomAt(FIT, at, 2, stage);
  expect(first).toEqual({ scale: 2, x: -200, y: 100 });
  const second = zoomAt(first, at, 1.5, stage);
  // A place of the picture: (at - offset) / scale.
  expect((at.x - second.x) / second.scale).toBeCloseTo((at.x - first.x) / first.scale);
  expect((at.y - second.y) / second.scale).toBeCloseTo((at.y - first.y) / first.scale);
});

test('a picture is neither made smaller than the stage nor endlessly large', () => {
  expect(zoomAt(FIT, { x: 10, y: 10 }, 0.5, stage)).toEqual(FIT);
  expect(zoomAt(FIT, { x: 0, y: 0 }, 100, stage).scale).toBe(MOST_SCALE);
});

test('a picture is moved no further than to its edges', () => {
  const view = zoomAt(FIT, { x: 0, y: 0 }, 2, stage);
  expect(panBy(view, { x: 9_999, y: -9_999 }, stage)).toEqual({ scale: 2, x: 500, y: -300 });
  expect(panBy(FIT, { x: 50, y: 50 }, stage)).toEqual(FIT);
});
