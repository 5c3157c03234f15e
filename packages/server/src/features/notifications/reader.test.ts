import { describe, expect, test } from 'bun:test';
import type { Committer } from '../../storage/committer';
import { NotificationReader } from './reader';
import type { ListedRow } from './repository';
import type { Standing } from './standing';

/** Notifications with ids from a number down to 1, of which only one says something. */
class Shelf {
  readonly reader: NotificationReader;
  asked = 0;
  longest = 0;
  pauses = 0;
  tidied = 0;

  constructor(size: number, living: number) {
    const rows = async (before = size + 1, limit = 1) => {
      const ids = Array.from({ length: Math.min(limit, before - 1) }, (_, i) => before - 1 - i);
      this.asked += ids.length;
      this.longest = Math.max(this.longest, ids.length);
      return ids.map((id) => {
        const standing: Standing = id === living ? 'unread' : 'gone';
        return { id, seq: id, standing } as ListedRow;
      });
    };
    this.reader = new NotificationReader({
      notifications: {
        next: (_userId, _unreadOnly, before, limit) => rows(before, limit),
        standings: (_userId, before, limit) => rows(before, limit),
      },
      committer: {
        submit: async (_write: unknown, input: unknown) => {
          this.tidied += (input as { gone: unknown[] }).gone.length;
        },
      } as unknown as Pick<Committer, 'submit'>,
      pause: async () => void this.pauses++,
      onError: () => {},
    });
  }

  page(before?: number) {
    return this.reader.page(1, { unreadOnly: false, before, limit: 100 });
  }
}

describe('reading notifications most of which are over', () => {
  test('looks at a bounded number for one page, a few at a time', async () => {
    const shelf = new Shelf(100_000, 1);
    const { rows, next } = await shelf.page();
    expect(rows).toEqual([]);
    expect(shelf.asked).toBeLessThanOrEqual(250);
    expect(shelf.longest).toBeLessThanOrEqual(20);
    expect(shelf.pauses).toBeGreaterThan(5);
    expect(next).toBe(100_001 - shelf.asked);
    expect(shelf.tidied).toBe(shelf.asked);
  });

  test('page after page comes to what is there, and to an end', async () => {
    const shelf = new Shelf(1000, 3);
    const found: number[] = [];
    let pages = 0;
    for (let before: number | undefined, first = true; first || before; first = false) {
      const { rows, next } = await shelf.page(before);
      found.push(...rows.map(({ id }) => id));
      before = next;
      pages++;
    }
    expect(found).toEqual([3]);
    expect(pages).toBeLessThanOrEqual(6);
  });

  test('counts a bounded number too', async () => {
    const shelf = new Shelf(100_000, 100_000);
    expect(await shelf.reader.unreadCount(1)).toBe(1);
    expect(shelf.asked).toBeLessThanOrEqual(600);
    expect(shelf.longest).toBeLessThanOrEqual(20);
  });
});
