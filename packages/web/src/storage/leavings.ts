import type { UserId } from '@confab/protocol';
import type { Database } from './database';
import { keep, kept } from './kept';

/** Whose things are to go: what one page began, the next one that opens finishes. */
export const WIPE_KEY = 'confab.wipe';

/** What features keep of a user in `localStorage`, before the user's id. */
export const USER_KEYS = { encrypted: 'confab.encrypted', keyChanges: 'confab.key-changes' };

/** The emoji that somebody used last. */
export const EMOJI_KEY = 'confab.emoji.recent';

/** What the next one at this browser need not know, however a session ended. */
export const forgetHabits = (): void => keep(EMOJI_KEY, null);

/** Where a user's keys are kept, and what they opened. */
export const keysOf = (userId: number): string => `confab-keys-${userId}`;

/** Somebody ended the session elsewhere: what it left here goes. 0 where nobody knows whose it was. */
export const wipeSoon = (userId: UserId | 0): void => keep(WIPE_KEY, `${userId}`);

export const isWipeDue = (): boolean => kept(WIPE_KEY) !== null;

/** Takes away what an ended session left in this browser, if it is still there. */
export async function wipeIfDue(database: Database): Promise<void> {
  await alone(async () => {
    const due = kept(WIPE_KEY);
    if (due === null) return;
    await Promise.all([wipeDatabase(database, Number(due)), forgetKeys(Number(due))]);
    keep(WIPE_KEY, null);
  });
}

/** Tabs do it one after the other, so that none wipes what the next session has begun to keep. */
async function alone(run: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(WIPE_KEY, run);
  else await run();
}

async function wipeDatabase(database: Database, userId: number): Promise<void> {
  const opened = await database.open();
  const names = ['meta', 'chats', 'outbox', 'uploads'] as const;
  const transaction = opened.transaction(names, 'readwrite', { durability: 'strict' });
  const outbox = transaction.objectStore('outbox');
  await Promise.all([
    transaction.objectStore('meta').delete('head'),
    transaction.objectStore('chats').clear(),
    transaction.objectStore('uploads').clear(),
  ]);
  for await (const cursor of outbox) {
    // What nobody is known to have written may be this user's.
    if ([userId, 0].includes(cursor.value.user_id)) await cursor.delete();
  }
  await transaction.done;
}

/** Whether there may be keys of a user, though nothing needed them yet. */
export async function mayHaveKeys(userId: number): Promise<boolean> {
  const all = await indexedDB.databases();
  return all.some(({ name }) => name === keysOf(userId));
}

/** Takes away a user's keys, all that they opened, and what is noted of them. */
export async function forgetKeys(userId: number): Promise<void> {
  for (const key of Object.values(USER_KEYS)) keep(`${key}.${userId}`, null);
  await new Promise<void>((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(keysOf(userId));
    deleting.onsuccess = () => resolve();
    // It goes as soon as the last tab lets it.
    deleting.onblocked = () => resolve();
    deleting.onerror = () => reject(deleting.error);
  });
}
