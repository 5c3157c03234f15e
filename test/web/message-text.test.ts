import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { eventually } from '../../packages/server/src/testing/waiting';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

declare global {
  interface Window {
    /** Set by whatever of a message is run. */
    harmed?: string;
  }
}

const run = "window.harmed='run'";

/** Each would run a script, load something foreign or change the page if a message were HTML. */
const ATTACKS: readonly string[] = [
  `<script>${run}</script>`,
  `<ScRiPt>${run}</sCrIpT>`,
  `<script src="https://evil.example/x.js"></script>`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<img src=x onerror="${run}">`,
  `<img src="x" onerror=${run}//`,
  `<IMG SRC=javascript:${run}>`,
  `<svg onload="${run}"></svg>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><animate onbegin="${run}" attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload='${run}'/>#x"></use></svg>`,
  `<math><mtext></mtext><mglyph><style></math><img src onerror="${run}">`,
  `<math><annotation-xml encoding="text/html"><img src=x onerror="${run}"></annotation-xml></math>`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror="${run}">`,
  `<noscript><p title="</noscript><img src=x onerror='${run}'>"></noscript>`,
  `<template><img src=x onerror="${run}"></template>`,
  `<textarea></textarea><img src=x onerror="${run}">`,
  `<title></title><img src=x onerror="${run}">`,
  `<style>@import "https://evil.example/x.css"; * { display: none }</style>`,
  `<link rel="stylesheet" href="https://evil.example/x.css">`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<iframe src="javascript:parent.${run}"></iframe>`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<video><source onerror="${run}"></video>`,
  `<audio src=x onerror="${run}"></audio>`,
  `<details open ontoggle="${run}">x</details>`,
  `<input autofocus onfocus="${run}">`,
  `<marquee onstart="${run}">x</marquee>`,
  `<body onload="${run}">`,
  `<a href="javascript:${run}">click me</a>`,
  `<form action="javascript:${run}"><button>click me</button></form>`,
  `<div style="position:fixed;inset:0;background:url(https://evil.example/x)">x</div>`,
  `<x onclick="${run}" tabindex=1 id=main>x</x>`,
  `<!--><img src=x onerror="${run}">-->`,
  `<![CDATA[><img src=x onerror="${run}">]]>`,
  `[click me](javascript:${run})`,
  `[click me](JaVaScRiPt:${run})`,
  `[click me](java\nscript:${run})`,
  `[click me](&#106;avascript:${run})`,
  `[click me](\u0001javascript:${run})`,
  `[click me](data:text/html,<script>${run}</script>)`,
  `[click me](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)`,
  `[click me](vbscript:${run})`,
  `[click me](https://evil.example/"onmouseover="${run})`,
  `[click me](https://evil.example 'x" onmouseover="${run}')`,
  `[<img src=x onerror="${run}">](https://evil.example/)`,
  `[click me][evil]\n\n[evil]: javascript:${run}`,
  `![x](javascript:${run})`,
  `![x](https://evil.example/"onerror="${run})`,
  `![<img src=x onerror="${run}">](x)`,
  `<javascript:${run}>`,
  `<https://evil.example/"onmouseover="${run}>`,
  `\`\`\`"><img src=x onerror="${run}">\nx\n\`\`\``,
  `\`\`\`js\n</code></pre><img src=x onerror="${run}">\n\`\`\``,
  `\`</code><img src=x onerror="${run}">\``,
  `**<img src=x onerror="${run}">**`,
  `> <img src=x onerror="${run}">`,
  `- <svg/onload="${run}">`,
  `1. </li></ol><img src=x onerror="${run}">`,
  `| <img src=x onerror="${run}"> |\n|---|\n| <svg onload="${run}"> |`,
  `# <img src=x onerror="${run}">`,
  `https://evil.example/"><img/src=x/onerror=${run}>`,
  `@ann"><img src=x onerror="${run}">`,
  `&lt;img src=x onerror="${run}"&gt;`,
  `\\<img src=x onerror="${run}">`,
  `{{constructor.constructor("${run}")()}}`,
];

/** What the app itself puts into a text. */
const ALLOWED =
  'DIV P SPAN STRONG EM DEL CODE PRE BLOCKQUOTE UL OL LI A BR HR TABLE THEAD TBODY TR TH TD BUTTON svg path rect'.split(
    ' ',
  );

describe.skipIf(!withBrowser)('the text of a message', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let chat: Chat;
  beforeAll(async () => {
    world = await WebWorld.start({ env: { RATE_LIMITS: 'off' } });
    ann = await world.person('ann');
    ben = await world.server.user('ben');
    chat = await ann.user.group('Texts', ben);
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await ann.page.getByRole('log').waitFor();
  }, 60_000);
  afterAll(async () => {
    expect(ann.faults).toEqual([]);
    await world.stop();
  });

  const shown = async (content: string) => {
    const { seq } = await ben.send(chat.id, content);
    const text = ann.page.locator(`[data-seq="${seq}"] .text`);
    await text.waitFor();
    return text;
  };
  /** Once markdown is loaded, texts with any are formatted at once. */
  const formatted = async (content: string) => {
    await (await shown('**loaded**')).locator('strong').waitFor();
    return shown(content);
  };

  test('is formatted as markdown', async () => {
    const text = await formatted(
      [
        '**bold** _slanted_ ~~gone~~ `code`',
        'second line',
        '',
        '- one',
        '- two',
        '',
        '> quoted',
        '',
        '```ts',
        'const x = 1;',
        '```',
        '[a link](https://a.example/x) and https://b.example/y.',
      ].join('\n'),
    );
    for (const [selector, content] of [
      ['strong', 'bold'],
      ['em', 'slanted'],
      ['del', 'gone'],
      ['p code', 'code'],
      ['li >> nth=1', 'two'],
      ['blockquote', 'quoted'],
      ['pre', 'const x = 1;'],
    ] as const) {
      expect(await text.locator(selector).first().innerText()).toBe(content);
    }
    const links = await text.locator('a').evaluateAll((all) =>
      all.map((link) => {
        const { href, target, rel } = link as HTMLAnchorElement;
        return { href, target, rel };
      }),
    );
    const outside = { target: '_blank', rel: 'noopener noreferrer' };
    expect(links).toEqual([
      { href: 'https://a.example/x', ...outside },
      { href: 'https://b.example/y', ...outside },
    ]);
  });

  test('shows HTML as it was typed', async () => {
    const text = await formatted('<b>not bold</b> **bold** a < b && c > d &amp;');
    expect(await text.innerText()).toBe('<b>not bold</b> bold a < b && c > d &amp;');
  });

  test('does no harm, whatever it is', async () => {
    await formatted('ready');
    const requests: string[] = [];
    ann.page.on('request', (request) => requests.push(request.url()));
    for (const attack of ATTACKS) {
      const text = await shown(attack);
      const found = await text.evaluate((element, allowed) => {
        const all = [...element.querySelectorAll('*')];
        return {
          elements: all.map((one) => one.tagName).filter((name) => !allowed.includes(name)),
          handlers: all.flatMap((one) =>
            one.getAttributeNames().filter((name) => name.startsWith('on') || name === 'style'),
          ),
          links: [...element.querySelectorAll('a')]
            .map((link) => link.protocol)
            .filter((protocol) => protocol !== 'https:'),
        };
      }, ALLOWED);
      expect({ attack, ...found }).toEqual({ attack, elements: [], handlers: [], links: [] });
    }
    expect(await ann.page.evaluate(() => window.harmed)).toBeUndefined();
    expect(requests.filter((url) => !url.startsWith(world.server.url))).toEqual([]);
    expect(new URL(ann.page.url()).pathname).toBe(`/app/chats/${chat.id}`);
  }, 60_000);

  /** Each took the page along, or covered what others said, if it were drawn as it is. */
  const BOMBS: Readonly<Record<string, string>> = {
    quotes: '>'.repeat(9_000),
    lists: '- '.repeat(4_500),
    emphases: `${'*'.repeat(4_500)}a${'*'.repeat(4_500)}`,
    'an address': `https://a.example/${')'.repeat(9_000)}`,
    'a table': `|a|\n|-|\n${'|b|\n'.repeat(2_000)}`,
  };

  test.each(Object.keys(BOMBS))('without end leaves the chat as it was: %s', async (name) => {
    await formatted('ready');
    const text = await formatted(BOMBS[name] ?? '');
    expect(await text.locator('*').count()).toBeLessThan(200);
    await text.locator('xpath=ancestor::article').getByRole('button', { name: 'Show all' }).click();
    await formatted(`after ${name}`);
  });

  test('of marks above marks covers nothing else', async () => {
    const text = await shown(`a${'\u0301'.repeat(700)}`);
    const bubble = text.locator('xpath=ancestor::*[contains(@class, "bubble")][1]');
    expect(await bubble.evaluate((element) => getComputedStyle(element).overflowY)).toBe('clip');
  });

  test('shows where a link leads that says something else', async () => {
    const text = await formatted('[https://bank.example](https://evil.example/x)');
    expect(await text.innerText()).toContain('https://evil.example/x');
  });

  test('highlights who is mentioned, and nobody else', async () => {
    const text = await shown(`@${ann.user.username} and @nobody, at x@y.example`);
    expect(await text.locator('.mention').allInnerTexts()).toEqual([`@${ann.user.username}`]);
  });

  test('of a few emoji is large, and a long one folds', async () => {
    const small = await shown('👍 yes');
    const size = (text: typeof small) =>
      text.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    expect(await size(await shown('👍👩‍👩‍👧'))).toBeGreaterThan(2 * (await size(small)));
    const long = await shown('line\n'.repeat(60));
    const height = async () => (await long.boundingBox())?.height ?? 0;
    const row = long.locator('xpath=ancestor::article');
    const before = (await row.boundingBox())?.height ?? 0;
    expect(before).toBeLessThan(450);
    await row.getByRole('button', { name: 'Show all' }).click();
    await eventually(async () => (await height()) > 1_000, 'all of it');
  });
});
