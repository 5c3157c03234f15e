import { writeFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Bench } from './bench';
import { posted, signUp } from './media';
import type { Server } from './servers';

/** Debian's; others put it elsewhere in the path. */
const PROGRAM = Bun.which('chromium') ?? Bun.which('google-chrome') ?? 'chromium';

/** A browser on all cores, as people have it, though who opens it is bound to one. */
export function openBrowser({ work, options }: Bench): Promise<Browser> {
  const unbound = `${work}/browser`;
  const cores = `${options.serverCore},${options.loadCore}`;
  writeFileSync(unbound, `#!/bin/sh\nexec taskset -c ${cores} ${PROGRAM} "$@"\n`, { mode: 0o755 });
  return chromium.launch({ executablePath: unbound, args: ['--no-sandbox', '--mute-audio'] });
}

/** Somebody who signed up, and their calls. */
export class Account {
  readonly #url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  static async of(server: Server, name: string): Promise<Account> {
    return new Account(server.url, await signUp(server, name));
  }

  post<T>(path: string, body: object): Promise<T> {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${this.token}`,
    };
    return posted<T>(this.#url + path, JSON.stringify(body), headers);
  }

  async group(name: string): Promise<number> {
    return (await this.post<{ id: number }>('/api/chats/group', { name, member_ids: [] })).id;
  }

  /** Sends many messages to one chat, some hundred under way at a time. */
  send(chatId: number, count: number, textOf: (n: number) => string): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/ws/${this.token}`);
    let sent = 0;
    let acknowledged = 0;
    const next = () => {
      if (sent === count) return;
      const text = { type: 'send_message', chat_id: chatId, content: textOf(sent++) };
      socket.send(JSON.stringify({ ...text, request_id: String(sent) }));
    };
    return new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error('the connection broke'));
      socket.onmessage = ({ data }) => {
        const frame = String(data);
        if (frame.startsWith('{"type":"ready"')) for (let i = 0; i < 200; i++) next();
        if (frame.startsWith('{"type":"error"')) reject(new Error(frame));
        if (!frame.startsWith('{"type":"ack"')) return;
        if (++acknowledged === count) socket.close();
        next();
      };
      socket.onclose = () => resolve();
    });
  }
}

export interface Visit {
  context: BrowserContext;
  page: Page;
}

/** A browser that has never seen the app, with somebody signed in. */
export async function visit(browser: Browser, account: Account): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const session = {
    access_token: account.token,
    refresh_token: '',
    expires_at: Date.now() + 80_000_000,
  };
  await context.addInitScript(
    (text) => localStorage.setItem('confab.session', text),
    JSON.stringify(session),
  );
  return { context, page: await context.newPage() };
}

/** Runs in the page: scrolls what can be scrolled in an element upwards, and counts frames a second. */
export async function scrollUp(element: Element, ms: number): Promise<number> {
  const inside = [element, ...element.querySelectorAll('*')];
  const box = inside.find(
    ({ scrollHeight, clientHeight }) => clientHeight > 0 && scrollHeight > 2 * clientHeight,
  );
  if (!box) throw new Error('there is nothing to scroll');
  const start = performance.now();
  let frames = 0;
  await new Promise<void>((resolve) => {
    const frame = () => {
      frames++;
      box.scrollTop -= 300;
      if (performance.now() - start < ms) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  return (frames * 1000) / (performance.now() - start);
}
