import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Chat, Message } from '@confab/protocol';
import type { Page } from 'playwright-core';
import { PIXEL } from '../../packages/server/src/testing/files';
import { storedFiles } from '../../packages/server/src/testing/stored';
import { eventually } from '../../packages/server/src/testing/waiting';
import { FAKE_MICROPHONE } from '../support/chromium';
import { freePort } from '../support/mortal-server';
import { type Person, WebWorld, withBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;
const MIB = 1024 * 1024;
/** Text that is nowhere the same, so that a piece at the wrong place shows. */
const big = (mib: number) =>
  Buffer.from(
    Array.from({ length: (mib * MIB) / 16 }, (_, n) => String(n).padStart(15, '0')).join('\n'),
  );
const text = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/plain', buffer });
const PNG = PIXEL.toString('base64');

describe.skipIf(!withBrowser)('sending files', () => {
  let world: WebWorld;
  let ann: Person;
  let ben: Person['user'];
  let chat: Chat;
  beforeAll(async () => {
    // After a restart it has to be at the same address.
    const env = { PORT: String(await freePort()), MAX_UPLOAD_MB: '13' };
    world = await WebWorld.start({ env, browserArgs: FAKE_MICROPHONE });
    ann = await world.person('ann', { permissions: ['microphone'] });
    ben = await world.server.user('ben');
    chat = await ann.user.direct(ben);
    await ann.page.goto(`${world.server.url}/app/chats/${chat.id}`);
    await field().waitFor();
  }, PATIENCE_MS);
  afterAll(async () => {
    expect(ann.faults).toEqual([]);
    await world.stop();
  });

  const field = (page: Page = ann.page) => page.getByLabel('Write a message');
  const attach = (...files: ReturnType<typeof text>[]) =>
    ann.page.locator('.composer input[type=file]').setInputFiles(files);
  const sent = (content: string): Promise<Message> =>
    eventually(async () => {
      const path = `/api/messages/${chat.id}?limit=5`;
      const { items } = await ben.must<{ items: Message[] }>('GET', path);
      return items.find((message) => message.content === content);
    }, `the message ${content}`);
  const bytesOf = async (url: string) => Buffer.from(await (await ben.fetch(url)).arrayBuffer());
  const progress = (name: string) => ann.page.getByRole('progressbar', { name: `${name}: upload` });
  const stored = () => storedFiles(world.server.directory).sort();
  /** What is stored once the server makes nothing more of what was sent. */
  const storedAtRest = () =>
    eventually(async () => {
      const { items } = await ben.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`);
      const isDone = items.every(({ media }) => media.every((file) => file.is_processed));
      return isDone && stored();
    }, 'the server to be done');

  /** Lets so many bytes a second through, until that is taken back. */
  async function slowly(page: Page, bytesPerSecond: number): Promise<() => Promise<void>> {
    const devtools = await page.context().newCDPSession(page);
    const limit = (uploadThroughput: number) =>
      devtools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await devtools.send('Network.enable');
    await limit(bytesPerSecond);
    return async () => {
      await limit(-1);
      await devtools.detach();
    };
  }

  /** What a browser does with files that come over the clipboard or by the mouse. */
  const give = (
    type: 'paste' | 'drop',
    files: readonly { name: string; type: string; content: string }[],
  ) =>
    ann.page.evaluate(
      ([type, files]) => {
        const transfer = new DataTransfer();
        for (const { name, type, content } of files) {
          const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
          transfer.items.add(new File([bytes], name, { type }));
        }
        const target = document.querySelector('.timeline, [role=log]');
        const options = { bubbles: true, cancelable: true };
        if (type === 'paste') {
          const event = new ClipboardEvent('paste', { ...options, clipboardData: transfer });
          document.querySelector('.composer textarea')?.dispatchEvent(event);
          return;
        }
        for (const name of ['dragenter', 'dragover', 'drop']) {
          target?.dispatchEvent(new DragEvent(name, { ...options, dataTransfer: transfer }));
        }
      },
      [type, files] as const,
    );

  test('a pasted picture is shown, can be taken out, and is sent with what is written', async () => {
    await give('paste', [{ name: 'image.png', type: 'image/png', content: PNG }]);
    const remove = ann.page.getByRole('button', { name: 'Remove image.png' });
    await remove.click();
    await remove.waitFor({ state: 'detached' });
    await give('paste', [{ name: 'image.png', type: 'image/png', content: PNG }]);
    await ann.page.getByRole('img', { name: 'image.png' }).waitFor();
    await field().fill('pasted');
    await field().press('Enter');
    const { media, content_type } = await sent('pasted');
    expect(content_type).toBe('image');
    expect(await bytesOf(media[0]?.url ?? '')).toEqual(PIXEL);
    await ann.page.getByRole('button', { name: 'Open photo image.png' }).waitFor();
    expect(await field().inputValue()).toBe('');
  });

  test('two files are dropped anywhere on the conversation', async () => {
    const note = Buffer.from('hello').toString('base64');
    await give('drop', [
      { name: 'a.png', type: 'image/png', content: PNG },
      { name: 'b.txt', type: 'text/plain', content: note },
    ]);
    await ann.page.getByRole('button', { name: 'Remove b.txt' }).waitFor();
    await field().fill('dropped');
    await field().press('Enter');
    const { media } = await sent('dropped');
    expect(media.map((file) => file.original_filename)).toEqual(['a.png', 'b.txt']);
  });

  test('a file over the conversation is told where it goes', async () => {
    const over = (name: string) =>
      ann.page.evaluate((name) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'x.txt'));
        document
          .querySelector('[role=log]')
          ?.dispatchEvent(new DragEvent(name, { bubbles: true, dataTransfer }));
      }, name);
    await over('dragenter');
    await ann.page.getByText('Drop files here to attach them').waitFor();
    await over('dragleave');
    await ann.page.getByText('Drop files here to attach them').waitFor({ state: 'detached' });
  });

  test(
    'an upload is halted, goes on, and is cancelled without a trace but its text',
    async () => {
      const before = await storedAtRest();
      const quickly = await slowly(ann.page, MIB);
      await attach(text('slow.txt', big(12)));
      await field().fill('a caption');
      await field().press('Enter');
      await progress('slow.txt').waitFor();
      await ann.page.getByRole('button', { name: 'Pause slow.txt' }).click();
      await ann.page.getByRole('button', { name: 'Go on with slow.txt' }).click();
      const value = async () => Number(await progress('slow.txt').getAttribute('value'));
      await eventually(async () => (await value()) > 0, 'some progress');
      expect(await value()).toBeLessThan(100);
      await ann.page.getByRole('button', { name: 'Cancel slow.txt' }).click();
      await progress('slow.txt').waitFor({ state: 'detached' });
      expect(await field().inputValue()).toBe('a caption');
      await quickly();
      await eventually(() => Bun.deepEquals(stored(), before), 'nothing left on the server');
      await field().fill('');
    },
    PATIENCE_MS,
  );

  test(
    'one of two files is left out on the way',
    async () => {
      const quickly = await slowly(ann.page, MIB);
      await attach(text('keep.txt', Buffer.from('kept')), text('leave.txt', big(12)));
      await field().fill('one is left out');
      await field().press('Enter');
      await ann.page.getByRole('button', { name: 'Cancel leave.txt' }).click();
      const { media } = await sent('one is left out');
      expect(media.map((file) => file.original_filename)).toEqual(['keep.txt']);
      await quickly();
    },
    PATIENCE_MS,
  );

  test(
    'an upload goes on after the server was stopped and started again',
    async () => {
      const content = big(12);
      const quickly = await slowly(ann.page, 2 * MIB);
      await attach(text('large.txt', content));
      await field().fill('through a restart');
      await field().press('Enter');
      await eventually(
        async () => Number(await progress('large.txt').getAttribute('value')) > 5,
        'some progress',
      );
      await world.server.restart();
      await quickly();
      const { media } = await sent('through a restart');
      expect(Buffer.compare(await bytesOf(media[0]?.url ?? ''), content)).toBe(0);
      await progress('large.txt').waitFor({ state: 'detached' });
    },
    PATIENCE_MS,
  );

  test('a message whose file is refused is kept, and sent without it', async () => {
    await attach(
      { name: 'liar.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') },
      text('good.txt', Buffer.from('good')),
    );
    await field().fill('partly refused');
    await field().press('Enter');
    await ann.page.getByText(/^Not sent: /).waitFor();
    await ann.page.getByRole('button', { name: 'Try again' }).click();
    await ann.page.getByText(/^Not sent: /).waitFor();
    await ann.page.getByRole('button', { name: 'Cancel liar.png' }).click();
    const { media } = await sent('partly refused');
    expect(media.map((file) => file.original_filename)).toEqual(['good.txt']);
  });

  test(
    'a file that is too large, or empty, is told before anything is sent',
    async () => {
      const asked: string[] = [];
      const watch = (request: { method(): string; url(): string }) => {
        if (request.method() === 'POST' && request.url().includes('/api/media'))
          asked.push(request.url());
      };
      ann.page.on('request', watch);
      await attach(text('huge.txt', big(14)), text('nothing.txt', Buffer.alloc(0)));
      await ann.page.getByText(/huge\.txt is too large.*13 MB/).waitFor();
      await ann.page.getByText('nothing.txt is empty').waitFor();
      expect(await ann.page.getByRole('button', { name: /^Remove / }).count()).toBe(0);
      expect(asked).toEqual([]);
      ann.page.off('request', watch);
    },
    PATIENCE_MS,
  );

  test('a file’s name is text, whatever it says', async () => {
    const name = `<img src=x onerror="window.hacked=1"> & 'more' "marks".txt`;
    await attach(text(name, Buffer.from('harmless')));
    await ann.page.getByRole('button', { name: `Remove ${name}` }).waitFor();
    await field().fill('a strange name');
    await field().press('Enter');
    const { media } = await sent('a strange name');
    await ann.page.getByRole('button', { name: /^Save <img src=x/ }).waitFor();
    expect(media[0]?.original_filename).toContain('<img');
    expect(await ann.page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await ann.page.locator('img[src="x"]').count()).toBe(0);
  });

  test('a voice message is recorded, sent, and plays', async () => {
    await ann.page.getByRole('button', { name: 'Record a voice message' }).click();
    const bar = ann.page.getByRole('group', { name: 'Recording a voice message' });
    await bar.getByText(/0:0[2-9]/).waitFor();
    // The fake microphone beeps: what is heard is seen.
    const levels = () =>
      bar
        .locator('i')
        .evaluateAll((bars) =>
          bars.map((one) => Number((one as HTMLElement).style.getPropertyValue('--level'))),
        );
    await eventually(async () => Math.max(...(await levels())) > 0.1, 'a level');
    await bar.getByRole('button', { name: 'Send the voice message' }).click();
    const { media } = await sent('');
    expect(media[0]).toMatchObject({ media_type: 'audio', is_voice: true });
    const played = await eventually(async () => {
      const file = (await sent('')).media[0];
      return file?.is_processed ? file : undefined;
    }, 'the server to be done');
    expect(played.duration).toBeGreaterThan(1.5);
    expect(Math.max(...(played.waveform ?? []))).toBeGreaterThan(10);
    // It lasts but two seconds: who looks now and then may not see it play.
    const canPause = ann.page.getByRole('button', { name: 'Pause Voice message' }).waitFor();
    const isPlaying = ann.page.waitForFunction(() => {
      const position = [...document.querySelectorAll('.audio-player [role=slider]')].at(-1);
      return Number(position?.getAttribute('aria-valuenow')) >= 1;
    });
    await ann.page.getByRole('button', { name: 'Play Voice message' }).last().click();
    await Promise.all([canPause, isPlaying]);
  });

  test('a recording is thrown away by Escape, and kept when the chat is left', async () => {
    const before = await storedAtRest();
    await ann.page.getByRole('button', { name: 'Record a voice message' }).click();
    await ann.page
      .getByRole('button', { name: 'Send the voice message' })
      .and(ann.page.locator(':focus'))
      .waitFor();
    await ann.page.keyboard.press('Escape');
    await field().waitFor();
    expect(stored()).toEqual(before);
    await ann.page.getByRole('button', { name: 'Record a voice message' }).click();
    await ann.page
      .getByRole('group', { name: 'Recording a voice message' })
      .getByText(/0:0[1-9]/)
      .waitFor();
    await ann.page.evaluate(() => {
      const link = document.createElement('a');
      link.href = '/app/';
      document.body.append(link);
      link.click();
      link.remove();
    });
    await field().waitFor({ state: 'detached' });
    await ann.page.evaluate(() => history.back());
    await ann.page.getByRole('button', { name: /^Remove voice\./ }).click();
  });

  test(
    'a page with an upload under way asks before it is left',
    async () => {
      const other = await world.at(await ann.user.signIn());
      await other.page.goto(`${world.server.url}/app/chats/${chat.id}`);
      await slowly(other.page, MIB);
      await other.page
        .locator('.composer input[type=file]')
        .setInputFiles([text('late.txt', big(10))]);
      await field(other.page).press('Enter');
      await other.page.getByRole('progressbar').waitFor();
      const asked = other.page.waitForEvent('dialog');
      void other.page.close({ runBeforeUnload: true });
      const dialog = await asked;
      expect(dialog.type()).toBe('beforeunload');
      await dialog.accept();
      await other.context.close();
    },
    PATIENCE_MS,
  );
});
