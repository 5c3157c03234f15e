import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { calm, faultsOf } from '../support/axe';
import { FakeCamera } from '../support/fake-camera';
import { FFMPEG } from '../support/made-files';
import { openChat, say, sees, setUp, startEncrypted } from '../support/secret-web';
import { type Person, WebWorld, withWholeBrowser } from '../support/web-world';

const PATIENCE_MS = 120_000;
const OTHER_CODE = 'This is another code. Scan the one that the other device shows for this.';
/** Well-formed, and no device's. */
const NOBODYS = `${'A'.repeat(22)}:${'7'.repeat(16)}`;

/** Gives a page what some browsers have to read codes; on some systems it reads none. */
function detector({ formats, code }: { formats: string[]; code: string | null }): void {
  class BarcodeDetector {
    static getSupportedFormats = async () => formats;
    async detect() {
      if (code === null) throw new DOMException('There is no service', 'NotSupportedError');
      return [{ rawValue: code }];
    }
  }
  Object.assign(globalThis, { BarcodeDetector });
}

describe.skipIf(!withWholeBrowser || !FFMPEG)('codes are scanned by a camera', () => {
  let camera: FakeCamera;
  let world: WebWorld;
  let ann: Person;
  let ben: Person;
  let chat: number;

  beforeAll(async () => {
    camera = await FakeCamera.make();
    world = await WebWorld.start({ browserArgs: camera.browserArgs, isWholeBrowser: true });
    [ann, ben] = await Promise.all([
      world.person('ann'),
      world.person('ben', { permissions: ['camera'] }),
    ]);
    await ben.context.addInitScript(detector, { formats: [], code: null });
    await Promise.all([setUp(ann, world), setUp(ben, world)]);
    chat = await startEncrypted(ann, ben, world);
    await say(ann, 'a secret');
  }, PATIENCE_MS);
  afterAll(async () => {
    expect([...ann.faults, ...ben.faults]).toEqual([]);
    await world.stop();
    camera.drop();
  });

  /** Another browser of Ben's, which shows a code. */
  async function newDevice(): Promise<Person> {
    const other = await world.at(await ben.user.signIn(), { path: `/app/chats/${chat}` });
    await other.page.getByRole('main').getByRole('button', { name: 'Let this device in' }).click();
    await other.page.getByTestId('approval-code').waitFor();
    return other;
  }

  /** The code that a page shows, as a camera sees it. */
  const pictureOf = (page: Page, name: string) => page.getByRole('img', { name }).screenshot();
  const scan = ({ page }: Person) => page.getByRole('button', { name: 'Scan code' }).click();

  async function letIn(): Promise<void> {
    await openChat(ben, chat, world);
    await ben.page.getByRole('button', { name: 'Look' }).click();
  }

  /** Opens the safety number that somebody has with the other one. */
  async function compare({ page }: Person): Promise<void> {
    await page.goto(`${world.url}/app/chats/${chat}/encryption`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByTestId('safety-number').waitFor();
  }

  test(
    'a device is let in by its code',
    async () => {
      const other = await newDevice();
      await camera.sees(await pictureOf(other.page, 'The code to be scanned by your other device'));
      await letIn();
      await scan(ben);
      await sees(other, 'a secret');
      expect(other.faults).toEqual([]);
      await other.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'a device is not let in by another code, and then by typing',
    async () => {
      const other = await newDevice();
      await camera.seesCode('https://example.org/');
      await letIn();
      await scan(ben);
      await ben.page.getByText(OTHER_CODE).waitFor();
      await calm(ben.page);
      expect(await faultsOf(ben.page)).toEqual([]);
      await ben.page.getByRole('button', { name: 'Stop scanning' }).click();
      await camera.seesCode(`confab:approve:1:${ben.user.id}:${NOBODYS}`);
      await scan(ben);
      await ben.page.getByText('This code is not right, or no longer good.').waitFor();
      const code = (await other.page.getByTestId('approval-code').textContent()) ?? '';
      await ben.page.getByLabel('Code of the new device').fill(code);
      await ben.page.getByRole('button', { name: 'Let in' }).click();
      await sees(other, 'a secret');
      await other.context.close();
    },
    PATIENCE_MS,
  );

  test(
    'a safety number is compared, and is not the same with other keys',
    async () => {
      await compare(ann);
      await compare(ben);
      const [low, high] = [ann.user.id, ben.user.id].sort((one, two) => one - two);
      const part = Buffer.alloc(30, 7).toString('base64url');
      await camera.seesCode(`confab:safety:1:${low}:${part}:${Number(high) + 1}:${part}`);
      await scan(ben);
      await ben.page.getByText(OTHER_CODE).waitFor();
      await ben.page.getByRole('button', { name: 'Stop scanning' }).click();
      await camera.seesCode(`confab:safety:1:${low}:${part}:${high}:${part}`);
      await scan(ben);
      await ben.page
        .getByRole('alert')
        .getByText(/^This is not the same/)
        .waitFor();
      await camera.sees(await pictureOf(ann.page, 'Your safety number, to be scanned'));
      await scan(ben);
      await ben.page.getByText('Verified: you compared the keys.').waitFor();
    },
    PATIENCE_MS,
  );

  test(
    'a browser that reads codes itself does so',
    async () => {
      const page = await ben.context.newPage();
      const code = `confab:approve:1:${ben.user.id}:${NOBODYS}`;
      await page.addInitScript(detector, { formats: ['qr_code'], code });
      await page.goto(`${world.url}/app/settings/encryption`);
      await page.getByRole('button', { name: 'Let a device in' }).click();
      await page.getByRole('button', { name: 'Scan code' }).click();
      await page.getByText('This code is not right, or no longer good.').waitFor();
      await page.close();
    },
    PATIENCE_MS,
  );

  test(
    'without leave to use the camera digits are compared',
    async () => {
      await compare(ann);
      await scan(ann);
      await ann.page.getByText('The camera cannot be used. Compare the digits instead.').waitFor();
      await ann.page.getByRole('img', { name: 'Your safety number, to be scanned' }).waitFor();
      await ann.page.getByRole('button', { name: 'They are the same' }).click();
      await ann.page.getByText('Verified: you compared the keys.').waitFor();
    },
    PATIENCE_MS,
  );
});
