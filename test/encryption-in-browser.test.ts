import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readyKeys } from '../packages/client/src/e2ee/testing/ready-keys';
import { TestServer } from '../packages/server/src/testing/server';
import { eventually } from '../packages/server/src/testing/waiting';
import { openBrowser, withBrowser } from './support/chromium';
import { PageHost } from './support/page-host';
import type { SecretPage } from './support/secret-page';
import { SecretPerson } from './support/secret-person';

/** The SDK's encryption in a page that may run nothing but its own scripts. */

const PATIENCE_MS = 60_000;

describe.skipIf(!withBrowser)('in a browser', () => {
  let host: PageHost;
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let bob: SecretPerson;
  let names = 0;
  const pageErrors: string[] = [];

  beforeAll(async () => {
    host = await PageHost.start();
    const env = { CORS_ORIGINS: host.origin, RATE_LIMITS: 'off' };
    server = await TestServer.start({ env });
    host.server = server.url;
    browser = await openBrowser();
    bob = await SecretPerson.make({ url: server.url, name: 'bob', makeKeys: readyKeys() });
    await bob.encryption.setUp('Laptop');
  }, PATIENCE_MS);
  afterEach(async () => {
    await context.close();
    expect(pageErrors.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await bob.close();
    await browser.close();
    await server.stop();
    await host.stop();
  });

  /** Another browser: what the one before kept is not there. */
  const newBrowser = async () => {
    context = await browser.newContext();
    return newTab();
  };
  const newTab = async () => {
    const tab = await context.newPage();
    tab.on('pageerror', (error) => pageErrors.push(String(error)));
    await tab.goto(host.origin);
    return tab;
  };
  const inPage = <K extends keyof SecretPage>(
    tab: Page,
    name: K,
    ...input: Parameters<SecretPage[K]>
  ) =>
    tab.evaluate(
      ([called, values]) => (globalThis.page[called] as (...all: unknown[]) => unknown)(...values),
      [name, input] as const,
    ) as Promise<Awaited<ReturnType<SecretPage[K]>>>;
  const signIn = (tab: Page, name: string) => inPage(tab, 'signIn', server.url, name);

  /** Somebody with keys in a new browser, in a chat with Bob. */
  async function alice() {
    const tab = await newBrowser();
    const name = `alice${++names}`;
    await signIn(tab, name);
    const recovery = await inPage(tab, 'setUp');
    const chat = await inPage(tab, 'openDirect', bob.id);
    return { tab, name, recovery, chat };
  }

  test(
    'keys are kept in IndexedDB as they are elsewhere',
    async () => {
      expect(await inPage(await newBrowser(), 'storeFaults')).toEqual({});
    },
    PATIENCE_MS,
  );

  test(
    'a page talks encrypted, goes on after it is loaded again, and no script can take its key',
    async () => {
      const { tab, name, chat } = await alice();
      await inPage(tab, 'say', chat, 'from the page');
      await bob.sees(chat, 'from the page');
      await bob.client.send(chat, 'from Bun');
      await inPage(tab, 'sees', chat, 'from the page', 'from Bun');
      await tab.reload();
      await signIn(tab, name);
      expect(await inPage(tab, 'start')).toBe('ready');
      await inPage(tab, 'sees', chat, 'from the page', 'from Bun');
      await inPage(tab, 'say', chat, 'as before');
      await bob.sees(chat, 'from the page', 'from Bun', 'as before');
      expect(await inPage(tab, 'search', 'bun')).toEqual(['from Bun']);
      const { 'store-key': key, ...sealed } = await inPage(tab, 'lyingThere');
      expect(key).toBe('secret key, closed');
      expect(Object.keys(sealed)).toContain('own');
      expect(new Set(Object.values(sealed))).toEqual(new Set(['iv,c']));
      expect(await inPage(tab, 'faults')).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'two tabs are one device: what one sets up, learns and verifies the other knows',
    async () => {
      const tab = await newBrowser();
      const other = await newTab();
      const name = `alice${++names}`;
      await signIn(tab, name);
      await signIn(other, name);
      const made = await Promise.allSettled([inPage(tab, 'setUp'), inPage(other, 'setUp')]);
      expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of [tab, other]) expect(await inPage(one, 'start')).toBe('ready');
      const chat = await inPage(tab, 'openDirect', bob.id);
      await inPage(tab, 'say', chat, 'one');
      await inPage(other, 'sees', chat, 'one');
      await inPage(other, 'say', chat, 'two');
      await bob.sees(chat, 'one', 'two');
      await Promise.all([
        inPage(tab, 'say', chat, 'at once'),
        inPage(other, 'say', chat, 'at once'),
      ]);
      await bob.sees(chat, 'one', 'two', 'at once', 'at once');
      for (const one of [tab, other]) {
        await inPage(one, 'sees', chat, 'one', 'two', 'at once', 'at once');
      }
      await inPage(other, 'isVerified', bob.id);
      await inPage(tab, 'verify', bob.id);
      await eventually(() => inPage(other, 'isVerified', bob.id), 'the other tab knows it');
      await tab.close();
      await other.reload();
      await signIn(other, name);
      expect(await inPage(other, 'start')).toBe('ready');
      await inPage(other, 'sees', chat, 'one', 'two', 'at once', 'at once');
      expect(await inPage(other, 'isVerified', bob.id)).toBe(true);
      expect(await inPage(other, 'faults')).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'who signs out for good in one tab has no keys in the other one either',
    async () => {
      const { tab, name } = await alice();
      const other = await newTab();
      await signIn(other, name);
      expect(await inPage(other, 'start')).toBe('ready');
      await inPage(tab, 'forget');
      const isOut = async () => (await inPage(other, 'states')).at(-1) === 'needs_approval';
      await eventually(isOut, 'the other tab is out');
      expect(Object.keys(await inPage(other, 'lyingThere'))).toEqual(['store-key']);
    },
    PATIENCE_MS,
  );

  test(
    'a page whose database was wiped comes back by the recovery key',
    async () => {
      const { tab, name, chat, recovery } = await alice();
      await inPage(tab, 'say', chat, 'before');
      await bob.sees(chat, 'before');
      await inPage(tab, 'wipe');
      await tab.reload();
      await signIn(tab, name);
      expect(await inPage(tab, 'start')).toBe('needs_approval');
      await inPage(tab, 'recover', recovery);
      await inPage(tab, 'sees', chat, 'before');
      await bob.client.send(chat, 'after');
      await inPage(tab, 'sees', chat, 'before', 'after');
      await inPage(tab, 'say', chat, 'again');
      await bob.sees(chat, 'before', 'after', 'again');
    },
    PATIENCE_MS,
  );

  test(
    'deriving a key beside the page leaves the page alive, where it may not do so itself',
    async () => {
      const tab = await newBrowser();
      const derived = await inPage(tab, 'derive', 'worker');
      expect(derived.bytes).toBe(32);
      expect(derived.stood).toBeLessThan(derived.took / 2);
      await expect(inPage(tab, 'derive', 'page')).rejects.toThrow(/WebAssembly/);
    },
    PATIENCE_MS,
  );
});
