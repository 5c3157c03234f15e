import { expect, test } from 'bun:test';
import { effect } from '@preact/signals';
import { Versions } from './versions';

test('whoever follows hears once of all that changed until the next frame', () => {
  const frames: (() => void)[] = [];
  const versions = new Versions<number>((run) => frames.push(run));
  const heard: number[] = [];
  effect(() => void heard.push(versions.follow(1)));
  for (let i = 0; i < 100; i++) versions.touch(1);
  versions.touch(2);
  expect(heard).toEqual([0]);
  expect(frames).toHaveLength(1);
  frames.shift()?.();
  expect(heard).toEqual([0, 1]);
  versions.touchAll();
  frames.shift()?.();
  expect(heard).toEqual([0, 1, 2]);
});
