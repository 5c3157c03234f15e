import { useEffect, useRef, useState } from 'preact/hooks';
import { session } from '../../state/session';
import type { Notification } from '../../state/types';
import { attempt } from '../../ui/faults';
import { inboxVersion, recount } from './counts';

export const FILTERS = ['all', 'unread', 'mentions'] as const;
export type Filter = (typeof FILTERS)[number];

interface Inbox {
  readonly items: readonly Notification[];
  readonly status: 'loading' | 'ready' | 'failed';
  /** Where older ones go on; null when there are none. */
  readonly cursor: string | null;
}

const PAGE = 30;
const EMPTY: Inbox = { items: [], status: 'loading', cursor: null };

const fits = (filter: Filter) => (each: Notification) =>
  filter !== 'mentions' || each.notification_type === 'mention';

/** Pages until there is something to show: of many that do not fit there may be whole pages. */
async function page(filter: Filter, from: string | null) {
  const items: Notification[] = [];
  let cursor = from;
  do {
    const query = { limit: PAGE, unreadOnly: filter === 'unread', ...(cursor ? { cursor } : {}) };
    const found = await session.client.api.notifications(query);
    items.push(...found.items.filter(fits(filter)));
    cursor = found.next_cursor;
  } while (cursor !== null && items.length === 0);
  return { items, cursor };
}

/** The newest page put in the place of what was there, with older ones kept behind it. */
function merged(now: Inbox, fresh: Awaited<ReturnType<typeof page>>): Inbox {
  const last = fresh.cursor === null ? undefined : fresh.items.at(-1);
  const older = last ? now.items.filter(({ id }) => id < last.id) : [];
  const cursor = older.length > 0 ? now.cursor : fresh.cursor;
  return { items: [...fresh.items, ...older], cursor, status: 'ready' };
}

/** A user's notifications, kept current while they are shown. */
export function useInbox(filter: Filter) {
  const [inbox, setInbox] = useState<Inbox>(EMPTY);
  const round = useRef(0);
  const version = inboxVersion.value;

  const load = async (from: string | null) => {
    const mine = ++round.current;
    const apply = (change: (now: Inbox) => Inbox) => mine === round.current && setInbox(change);
    try {
      const found = await page(filter, from);
      apply((now) =>
        from === null
          ? merged(now, found)
          : { items: [...now.items, ...found.items], cursor: found.cursor, status: 'ready' },
      );
    } catch {
      apply((now) => ({ ...now, status: 'failed' }));
    }
  };

  useEffect(() => setInbox(EMPTY), [filter]);
  useEffect(() => void load(null), [filter, version]);

  const mark = (isMarked: (each: Notification) => boolean) =>
    setInbox((now) => ({
      ...now,
      items: now.items.map((each) => (isMarked(each) ? { ...each, is_read: true } : each)),
    }));

  return {
    inbox,
    more: () => load(inbox.cursor),
    again: () => load(null),
    read: (one: Notification) => {
      if (one.is_read) return;
      mark(({ id }) => id === one.id);
      session.client.api.readNotification(one.id).then(recount, recount);
    },
    readAll: async () => {
      mark(() => true);
      await attempt(() => session.client.api.readAllNotifications());
      recount();
    },
  };
}
