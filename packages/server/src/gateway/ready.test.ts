import { expect, test } from 'bun:test';
import type { EventBody } from '@confab/protocol';
import { readyFrame } from './ready';

const ABOUT = { user_id: 1, session_id: 2, epoch: '{}"}}', heartbeat_s: 25 } as Omit<
  EventBody<'ready'>,
  'chats'
>;

test('ready tells the revision of each chat', () => {
  const parsed = (revs: Map<number, number>) =>
    JSON.parse(readyFrame(ABOUT, [...revs.keys()], (chatId) => revs.get(chatId) ?? 0));
  for (const revs of [
    [],
    [[3, 4]],
    [
      [9, 1],
      [5, 2],
      [2 ** 52, 2 ** 52],
    ],
  ] as [number, number][][]) {
    expect(parsed(new Map(revs))).toEqual({
      type: 'ready',
      ...ABOUT,
      chats: Object.fromEntries(revs),
    });
  }
});
