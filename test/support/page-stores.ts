import type { Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';

/** All that a page's browser keeps of one kind. */
export const storedIn = (page: Page, where: 'chats' | 'outbox'): Promise<unknown[]> =>
  page.evaluate(
    (store) =>
      new Promise<unknown[]>((resolve, reject) => {
        const opening = indexedDB.open('confab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const asking = opening.result.transaction(store).objectStore(store).getAll();
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result);
          };
        };
      }),
    where,
  );

/** Resolves when the browser keeps a chat with these words, or a message that waits to be sent. */
export const untilStored = (page: Page, words: string, where: 'chats' | 'outbox' = 'chats') =>
  eventually(
    async () => JSON.stringify(await storedIn(page, where)).includes(words),
    `“${words}” in ${where}`,
  );
