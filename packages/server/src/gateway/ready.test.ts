import { expect, test } from 'bun:test';
import type { EventBody } from '@confab/protocol';
import { readyFrame } from './ready';

const ABOUT = { user_id: 1, session_id: 2, epoch: '{}"}}', heartbeat_s: 25 } as Omit<
  EventBody<'ready'>,
  'chats'
>;

test('ready tells the revision of each chat', () => {
  const parsed = (revs: [number, number][]) => JSON.parse(readyFrame(ABOUT, revs));
  expect(parsed([])).toEqual({ type: 'ready', ...ABOUT, chats: {} });
  expect(parsed([[3, 4]])).toEqual({ type: 'ready', ...ABOUT, chats: { 3: 4 } });
  const three: [number, number][] = [
    [9, 1],
    [5, 2],
    [2 ** 52, 2 ** 52],
  ];
  expect(parsed(three)).toEqual({ type: 'ready', ...ABOUT, chats: Object.fromEntries(three) });
});
