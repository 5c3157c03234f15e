import { mkdirSync, rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { type Bench, note } from '../bench';
import { atLeast, atMost, figure, type Scenario, type Section } from '../scenario';
import { firstAnswer, type Server, settled, spawnConfab } from '../servers';
import { median } from '../statistics';
import { Account, openBrowser, scrollUp, type Visit, visit } from '../web';

const chats = 200;
const longChat = 100_000;
const warmUp = 5_000;
const received = 10_000;
const sends = 10;
const scrollMs = 5_000;

/** One visit's figures. */
interface Round {
  scriptKb: number;
  listMs: number;
  frames: number;
  appFps: number;
  plainFps: number;
}

async function filled(server: Server): Promise<{ owner: Account; long: number }> {
  const owner = await Account.of(server, 'owner');
  for (let i = 1; i < chats; i++) {
    await owner.send(await owner.group(`Group ${i}`), 1, () => `The first words in group ${i}`);
  }
  const long = await owner.group('The long one');
  await owner.send(
    long,
    longChat,
    (n) => `Message ${n} of many, ${'with some words '.repeat(n % 7)}`,
  );
  return { owner, long };
}

/** Runs in the page: looks in each frame whether a chat is there, which takes next to nothing. */
function watchForList(chat: string): void {
  const found = new Promise<number>((done) => {
    const look = () => {
      if (document.querySelector('nav')?.textContent?.includes(chat)) {
        // A task of its own comes once the frame has been drawn.
        requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      } else requestAnimationFrame(look);
    };
    look();
  });
  Object.assign(globalThis, { untilList: found });
}

/** From an empty cache to a list that can be clicked on; and the script that it took. */
async function open({ page }: Visit, url: string): Promise<{ listMs: number; scriptKb: number }> {
  let bytes = 0;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const scripts = new Set<string>();
  devtools.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.addInitScript(watchForList, 'The long one');
  await page.goto(`${url}/app/`, { waitUntil: 'commit' });
  const listMs = await page.evaluate<number>('untilList');
  await page.getByRole('navigation').getByText('The long one').click({ trial: true });
  return { listMs, scriptKb: bytes / 1024 };
}

/** Runs in the page: counts the frames from the next Enter to a bubble with a text. */
function watchForBubble(wanted: string): void {
  const count = new Promise<number>((done) => {
    const look = (frames: number) => {
      const log = document.querySelector('[role=log]');
      if (log?.textContent?.includes(wanted)) done(frames);
      else afterFrame(frames + 1);
    };
    // A task of its own comes once the frame has been drawn.
    const afterFrame = (frames: number) =>
      requestAnimationFrame(() => setTimeout(() => look(frames)));
    const begin = () => afterFrame(1);
    addEventListener('keydown', begin, { once: true, capture: true });
  });
  Object.assign(globalThis, { framesToBubble: count });
}

/** Frames from Enter to one's own bubble. */
async function framesToBubble(page: Page): Promise<number> {
  const counts: number[] = [];
  for (let i = 0; i < sends; i++) {
    const text = `sent ${i} ${Date.now()}`;
    await page.getByLabel('Write a message').fill(text);
    await page.evaluate(watchForBubble, text);
    await page.keyboard.press('Enter');
    counts.push(await page.evaluate<number>('framesToBubble'));
  }
  return median(counts);
}

/** The same scrolling in a page of plain text lines: what this machine's browser can do. */
async function plainFps(browser: Browser): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent(`<div id="list" style="height:700px;overflow:auto"></div>`);
  const fps = await page.evaluate(
    async ([source, ms]) => {
      const list = document.querySelector('#list');
      if (!list) throw new Error('no list');
      for (let i = 0; i < 5_000; i++) {
        const line = document.createElement('p');
        line.textContent = `Message ${i} of many, ${'with some words '.repeat(i % 7)}`;
        list.append(line);
      }
      list.scrollTop = list.scrollHeight;
      const scroll = new Function(`return ${source}`)() as typeof scrollUp;
      return scroll(list, ms);
    },
    [scrollUp.toString(), scrollMs] as const,
  );
  await page.close();
  return fps;
}

async function round(browser: Browser, url: string, filling: { owner: Account; long: number }) {
  const plain = await plainFps(browser);
  const one = await visit(browser, filling.owner);
  const { listMs, scriptKb } = await open(one, url);
  await one.page.goto(`${url}/app/chats/${filling.long}`);
  const log = one.page.getByRole('log');
  await log
    .getByText(/of many|sent/)
    .last()
    .waitFor();
  const frames = await framesToBubble(one.page);
  const appFps = await log.evaluate(scrollUp, scrollMs);
  await one.context.close();
  return { scriptKb, listMs, frames, appFps, plainFps: plain };
}

/** The page's memory after garbage collection, in MiB. */
async function heap(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

/** How much the page's memory grows while thousands of messages come in. */
async function growth(browser: Browser, server: Server): Promise<number> {
  const [reader, writer] = [await Account.of(server, 'reader'), await Account.of(server, 'writer')];
  const me = await writer.post<{ id: number }>('/api/chats/group', {
    name: 'Busy',
    member_ids: [],
  });
  const { code } = await writer.post<{ code: string }>(`/api/chats/${me.id}/invites`, {});
  await reader.post(`/api/invites/${code}/accept`, {});
  const { context, page } = await visit(browser, reader);
  await page.goto(`${server.url}/app/chats/${me.id}`);
  // What comes before the chat is open is unread, and it opens where that begins.
  await page.getByLabel('Write a message').waitFor();
  const log = page.getByRole('log');
  const say = async (from: number, count: number) => {
    await writer.send(me.id, count, (n) => `Message number ${from + n}`);
    await log.getByText(`Message number ${from + count - 1}`, { exact: true }).waitFor();
  };
  // By then old rows are let go.
  await say(0, warmUp);
  const before = await heap(page);
  await say(warmUp, received);
  const grown = (await heap(page)) - before;
  await context.close();
  return grown;
}

async function run(bench: Bench): Promise<Section> {
  const storage = `${bench.work}/web-app`;
  mkdirSync(storage, { recursive: true });
  const server = await spawnConfab(bench, { storage });
  const browser = await openBrowser(bench);
  try {
    await firstAnswer(server, '/app/');
    const filling = await filled(server);
    await settled(server);
    const rounds: Round[] = [];
    for (let i = 0; i < bench.options.rounds; i++) {
      rounds.push(await round(browser, server.url, filling));
    }
    return section(rounds, await growth(browser, server));
  } finally {
    await browser.close();
    await server.stop();
    rmSync(storage, { recursive: true, force: true });
  }
}

function section(rounds: readonly Round[], grownMib: number): Section {
  const middle = (pick: (one: Round) => number) => median(rounds.map(pick));
  const list = middle((one) => one.listMs);
  const [app, plain] = [middle((one) => one.appFps), middle((one) => one.plainFps)];
  note(`  list after ${figure(list)} ms, ${figure(app)} frames/s (plain page: ${figure(plain)})`);
  return {
    title: 'Web app',
    about:
      `In headless Chromium, which draws without a graphics card, on both cores: ${chats} chats, one of ` +
      `them with ${longChat.toLocaleString('en-US')} messages. Each round begins with an empty cache.`,
    tables: [
      {
        head: ['', 'measured'],
        rows: [
          ['script until the list is there, KB as sent', figure(middle((one) => one.scriptKb))],
          ['from an empty cache to the list, ms', figure(list)],
          ['frames from Enter to one’s own bubble', figure(middle((one) => one.frames))],
          ['frames/s while scrolling up', figure(app)],
          ['frames/s while scrolling a plain page of 5,000 lines', figure(plain)],
          [`heap grown by ${received.toLocaleString('en-US')} messages, MiB`, figure(grownMib)],
        ],
      },
    ],
    outcomes: [
      atMost('a list of 200 chats from an empty cache within 1 s', list, 1_000, ' ms'),
      atMost(
        'one’s own bubble with the next frame',
        middle((one) => one.frames),
        1,
      ),
      atLeast('scrolling through 100,000 messages at ≥ 50 frames/s', app, 50),
      atMost('memory stays flat over 10,000 messages (≤ 4 MiB)', grownMib, 4, ' MiB'),
    ],
  };
}

export const webApp: Scenario = { name: 'web-app', run };
