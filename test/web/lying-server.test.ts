import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { openChat, say, sees, setUp, startEncrypted } from '../support/secret-web';
import { type Json, TamperingProxy } from '../support/tampering-proxy';
import { WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;
const CANARY = 'canary-77c1e9';

const openly = (object: Json): Json =>
  'is_encrypted' in object ? { ...object, is_encrypted: false } : object;

/** Messages say what their senders did not, and nobody's keys can be had. */
function withWords(object: Json): Json {
  if ('device_list' in object) return { ...object, device_list: '' };
  const said = 'envelope' in object && { envelope: null, content: 'put into their mouths' };
  return openly({ ...object, ...said });
}

describe.skipIf(!withBrowser)('a server that calls an encrypted chat an open one', () => {
  let world: WebWorld;
  let proxy: TamperingProxy;
  beforeAll(async () => {
    world = await WebWorld.start();
    proxy = TamperingProxy.start(world.server.url);
    world.url = proxy.url;
  }, PATIENCE_MS);
  afterAll(async () => {
    await world.stop();
    await proxy.stop();
  });

  /** Somebody in an encrypted chat, of which the browser has forgotten all but that it is one. */
  async function deceived(tamper: (object: Json) => Json) {
    proxy.tampering = {};
    const [ann, ben] = await Promise.all([world.person('ann'), world.person('ben')]);
    await Promise.all([setUp(ann, world), setUp(ben, world)]);
    const chat = await startEncrypted(ann, ben, world);
    await say(ann, 'hello');
    await openChat(ben, chat, world);
    await sees(ben, 'hello');
    await say(ben, 'hi');
    await sees(ann, 'hi');
    await ben.context.close();
    await ann.page.goto(`${world.url}/app/icon.svg`);
    await ann.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          indexedDB.deleteDatabase('confab').onsuccess = () => resolve();
        }),
    );
    proxy.tampering = { rewrite: tamper };
    proxy.asked.length = 0;
    await openChat(ann, chat, world);
    return { ann, chat };
  }

  test(
    'gets neither files nor messages for later',
    async () => {
      const { ann } = await deceived(openly);
      const { page, context } = ann;
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Attach files' }).click(),
      ]);
      const buffer = Buffer.from(CANARY.repeat(100));
      await chooser.setFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer });
      await page.getByLabel('Write a message').fill(`${CANARY} later`);
      expect(await page.getByRole('button', { name: 'Send later' }).count()).toBe(0);
      await page.keyboard.press('Enter');
      await page
        .getByRole('log')
        .getByRole('button', { name: /plan\.txt/ })
        .waitFor();
      expect(proxy.asked.filter(({ call }) => /media/.test(call))).not.toEqual([]);
      expect(proxy.asked.filter(({ body }) => body.includes(CANARY))).toEqual([]);
      await context.close();
    },
    PATIENCE_MS,
  );

  test(
    'puts no words into anybody’s mouth, though it withholds the keys',
    async () => {
      const { ann } = await deceived(withWords);
      await ann.page.getByRole('log').locator('.bubble-placeholder').first().waitFor();
      await ann.page
        .getByRole('navigation', { name: 'Chats' })
        .getByText('Encrypted message')
        .waitFor();
      expect(await ann.page.getByText('put into their mouths').count()).toBe(0);
      await ann.context.close();
    },
    PATIENCE_MS,
  );
});
