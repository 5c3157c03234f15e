import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { readWebFiles, type WebFiles } from '../../packages/server/src/http/web-app/web-files';
import { TestServer } from '../../packages/server/src/testing/server';
import type { TestUser } from '../../packages/server/src/testing/user';
import { build } from '../../packages/web/build/bundle';
import { type BrowserOptions, openBrowser } from './chromium';

const DIST = join(import.meta.dir, '../../packages/web/dist');

export { withBrowser, withWholeBrowser } from './chromium';

/** The app as it is served. */
export async function builtApp(): Promise<WebFiles> {
  await build(DIST);
  return readWebFiles(DIST);
}

type ServerOptions = NonNullable<Parameters<typeof TestServer.start>[0]>;
type WorldOptions = ServerOptions & BrowserOptions;

/** Somebody at a browser of their own. */
export interface Person {
  readonly user: TestUser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in their pages: errors, and what the content security policy refused. */
  readonly faults: readonly string[];
}

/** A server with the web app, a browser, and people who use it. */
export class WebWorld {
  readonly server: TestServer;
  readonly browser: Browser;
  /** What browsers are pointed at; the server itself, unless a test puts something in between. */
  url: string;

  private constructor(server: TestServer, browser: Browser) {
    this.server = server;
    this.browser = browser;
    this.url = server.url;
  }

  static async start(options: WorldOptions = {}): Promise<WebWorld> {
    const webFiles = options.webFiles ?? builtApp();
    const [server, browser] = await Promise.all([
      // Tests ask more often than people do.
      TestServer.start({ ...options, env: { RATE_LIMITS: 'off', ...options.env }, webFiles }),
      openBrowser(options),
    ]);
    return new WebWorld(server, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** A page that nobody is signed in at. */
  async visitor(options: BrowserContextOptions = {}): Promise<Omit<Person, 'user'>> {
    const context = await this.browser.newContext({ locale: 'en-GB', ...options });
    // All their tabs are waited for so long: less than tests are, whose faults say less.
    context.setDefaultTimeout(25_000);
    const faults: string[] = [];
    context.on('page', (page) => watch(page, faults));
    const page = await context.newPage();
    return { context, page, faults };
  }

  /** A new user, signed in at a browser, who sees a place of the app. */
  async person(
    name: string,
    options: BrowserContextOptions & { path?: string } = {},
  ): Promise<Person> {
    return this.at(await this.server.user(name), options);
  }

  /** A user who is there, at one more browser. */
  async at(
    user: TestUser,
    { path = '/app/', ...options }: BrowserContextOptions & { path?: string } = {},
  ): Promise<Person> {
    const visitor = await this.visitor(options);
    const session = {
      access_token: user.token,
      refresh_token: user.refreshToken,
      expires_at: Date.now() + 600_000,
    };
    await visitor.context.addInitScript((text) => {
      // A new tab is empty at first, and may keep nothing.
      if (location.protocol === 'about:') return;
      if (!localStorage.getItem('confab.test')) localStorage.setItem('confab.session', text);
      localStorage.setItem('confab.test', 'signed in');
    }, JSON.stringify(session));
    await visitor.page.goto(this.url + path);
    return { ...visitor, user };
  }
}

function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    const isRefused = /Content Security Policy|Confab:/.test(message.text());
    if (message.type() === 'error' && isRefused) faults.push(message.text());
  });
}
