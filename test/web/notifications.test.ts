import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { eventually } from '../../packages/server/src/testing/waiting';
import { faultsOf } from '../support/axe';
import { nextFrame } from '../support/next-frame';
import { type Person, WebWorld, withWholeBrowser } from '../support/web-world';

const PATIENCE_MS = 60_000;

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}

/** What the browser shows by the page's worker. */
const shownBy = (page: Page): Promise<Shown[]> =>
  page.evaluate(async () => {
    const worker = await navigator.serviceWorker.ready;
    const shown = await worker.getNotifications();
    return shown.map(({ title, body, tag }) => ({ title, body, tag }));
  });

const untilShown = (page: Page, count: number): Promise<Shown[]> =>
  eventually(async () => {
    const shown = await shownBy(page);
    return shown.length === count && shown;
  }, `${count} notifications`);

/**
 * As the server's push service delivers it. Resolves once it is shown: Chromium, asked for what it shows
 * while it begins to, throws that away.
 */
async function push({ page, context }: Person, data: object): Promise<void> {
  const session = await context.newCDPSession(page);
  const registrations: string[] = [];
  session.on('ServiceWorker.workerRegistrationUpdated', (event) => {
    registrations.push(...event.registrations.map(({ registrationId }) => registrationId));
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await eventually(() => registrations[0], 'a worker');
  const origin = new URL(page.url()).origin;
  const message = { origin, registrationId, data: JSON.stringify(data) };
  const worker = await eventually(() => context.serviceWorkers()[0], 'the worker');
  await worker.evaluate(() => {
    const { prototype } = ServiceWorkerRegistration;
    const { showNotification } = prototype;
    const shown = new Promise<void>((resolve) => {
      prototype.showNotification = async function show(...all) {
        prototype.showNotification = showNotification;
        await showNotification.apply(this, all);
        resolve();
      };
    });
    Object.assign(globalThis, { shown });
  });
  await session.send('ServiceWorker.deliverPushMessage', message);
  await worker.evaluate(() => Reflect.get(globalThis, 'shown'));
}

/** The tab goes to the background: what a browser without windows never does by itself. */
async function hide({ page, context }: Person): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(() => {
    const { prototype } = Reflect.get(globalThis, 'WindowClient');
    Object.defineProperty(prototype, 'visibilityState', { value: 'hidden' });
  });
}

/** Chromium, asked for the first time, throws away what is not on its screen yet: so it is asked before. */
async function untilWorking(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  await shownBy(page);
}

describe.skipIf(!withWholeBrowser)('notifications', () => {
  let world: WebWorld;
  beforeAll(async () => {
    world = await WebWorld.start({ isWholeBrowser: true });
  }, PATIENCE_MS);
  // Also after a test that failed: the workers of two browsers cannot be told apart.
  afterEach(async () => {
    await Promise.all(world.browser.contexts().map((context) => context.close()));
  });
  afterAll(() => world.stop());

  const bell = ({ page }: Person) => page.getByRole('link', { name: /^Notifications|unread not/ });

  test(
    'the bell counts, and the inbox tells of messages, mentions and groups as they come',
    async () => {
      const [ann, dan] = [await world.person('ann'), await world.server.user('dan')];
      const { page, faults } = ann;
      await dan.must('PUT', '/api/auth/me', { full_name: 'Dan Dale' });
      const group = await dan.group('Tea & <b>Cake</b>', ann.user);
      await page.getByRole('link', { name: '1 unread notification' }).click();
      const list = page.getByRole('tabpanel');
      await list.getByText('Dan Dale added you to Tea & <b>Cake</b>').waitFor();
      await dan.send(group.id, 'Who brings *<i>milk</i>*?');
      await list.getByText('Dan Dale in Tea & <b>Cake</b>').waitFor();
      await list.getByText('Who brings <i>milk</i>?').waitFor();
      await dan.send(group.id, `@${ann.user.username} you?`);
      await list.getByText('Dan Dale mentioned you in Tea & <b>Cake</b>').waitFor();
      await page.getByRole('link', { name: '3 unread notifications' }).waitFor();

      expect(await faultsOf(page)).toEqual([]);
      await page.getByRole('tab', { name: 'Mentions' }).click();
      await list.getByRole('listitem').first().waitFor();
      await eventually(async () => (await list.getByRole('listitem').count()) === 1, 'one mention');
      await page.getByRole('tab', { name: 'Mentions' }).press('ArrowLeft');
      await list.getByText('added you to').waitFor();
      await list.getByRole('button', { name: /^Mark as read: .* added you/ }).click();
      await eventually(async () => (await list.getByRole('listitem').count()) === 2, 'two unread');
      await page.getByRole('link', { name: '2 unread notifications' }).waitFor();

      await list.getByText('mentioned you in').click();
      await page.getByRole('log').getByText('you?').waitFor();
      expect(new URL(page.url()).pathname).toMatch(/^\/app\/chats\/\d+\/messages\/\d+$/);
      await bell(ann).click();
      // What was looked at in the chat is read by that.
      await dan.group('Juice', ann.user);
      await list.getByText('Dan Dale added you to Juice').waitFor();
      await page.getByRole('button', { name: 'Mark all as read' }).click();
      await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Unread' }).click();
      await page.getByText('You have read everything').waitFor();
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'an inbox that is long comes page by page, and one that cannot be asked says so',
    async () => {
      const [eve, dan] = [await world.person('eve'), await world.server.user('dan')];
      const { page, context } = eve;
      const chats = await Promise.all(
        Array.from({ length: 45 }, (_, n) => dan.group(`Group ${n}`, eve.user)),
      );
      expect(chats).toHaveLength(45);
      await page.getByRole('link', { name: '45 unread notifications' }).click();
      const rows = page.getByRole('tabpanel').getByRole('listitem');
      await eventually(async () => (await rows.count()) === 30, 'the first page');
      await eventually(async () => {
        await rows.last().scrollIntoViewIfNeeded();
        return (await rows.count()) === 45;
      }, 'the second page');
      await context.route('**/api/notifications?**', (route) => route.abort());
      await page.reload();
      await page.getByText('The server cannot be reached').waitFor();
      // Being online again, it is asked for once more, in vain; after that only when the user asks.
      await page.getByRole('link', { name: '45 unread notifications' }).waitFor();
      await nextFrame(page);
      await context.unroute('**/api/notifications?**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await eventually(async () => (await rows.count()) === 30, 'the first page again');
    },
    PATIENCE_MS,
  );

  test(
    'a push is shown in the words of the server, or without words in the name of its chat',
    async () => {
      const permissions = ['notifications'];
      const ben = await world.person('ben', { permissions });
      const dan = await world.server.user('dan');
      const { page, faults } = ben;
      const chat = await dan.group('Team', ben.user);
      // What was read already is not shown.
      await dan.send(chat.id, 'Hi');
      await page.getByRole('navigation', { name: 'Chats' }).getByText('Hi').waitFor();
      await untilWorking(page);
      const data = { notification_id: '1', type: 'message', badge: '2', chat_id: `${chat.id}` };
      const tag = `chat-${chat.id}`;
      await push(ben, { title: 'dan in Team', body: '<b>Hi</b>', tag, data });
      expect(await untilShown(page, 1)).toEqual([{ title: 'dan in Team', body: '<b>Hi</b>', tag }]);
      // The chat is known once it is stored, half a second after it came.
      await eventually(async () => {
        await push(ben, { tag, data });
        const [shown] = await shownBy(page);
        return shown?.title === 'Team' && shown.body === 'New message';
      }, 'the name of the chat');
      await push(ben, { some: 'thing of another server' });
      await untilShown(page, 2);
      expect((await shownBy(page)).map(({ title }) => title).sort()).toEqual(['Confab', 'Team']);
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'a notification leads to its chat in the window that is there, and goes when the chat is read',
    async () => {
      const flo = await world.person('flo', { permissions: ['notifications'] });
      const dan = await world.server.user('dan');
      const { page, context, faults } = flo;
      const chat = await dan.group('Club', flo.user);
      const { id } = await dan.send(chat.id, 'Look here');
      await page.getByRole('navigation', { name: 'Chats' }).getByText('Look here').waitFor();
      await untilWorking(page);
      const tag = `chat-${chat.id}`;
      const data = { notification_id: '1', chat_id: `${chat.id}`, message_id: `${id}` };
      await push(flo, { title: 'dan in Club', body: 'Look here', tag, data });
      await untilShown(page, 1);
      const [worker] = context.serviceWorkers();
      await worker?.evaluate(async () => {
        const scope = globalThis as unknown as { registration: ServiceWorkerRegistration };
        const [notification] = await scope.registration.getNotifications();
        // As the browser does after a click.
        const Clicked = Reflect.get(globalThis, 'NotificationEvent');
        globalThis.dispatchEvent(new Clicked('notificationclick', { notification }));
      });
      await page.getByRole('log').getByText('Look here').waitFor();
      expect(new URL(page.url()).pathname).toBe(`/app/chats/${chat.id}/messages/${id}`);
      await untilShown(page, 0);

      // Coming online it looks what was read; only after that it counts.
      const counted = page.waitForResponse('**/api/notifications/count');
      await page.goto(`${world.url}/app/`);
      await counted;
      const first = await dan.send(chat.id, 'Look again');
      await page.getByRole('navigation', { name: 'Chats' }).getByText('Look again').waitFor();
      await push(flo, { title: 'dan in Club', body: 'Look again', tag, data });
      await untilShown(page, 1);
      const { token } = flo.user;
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${world.server.url}/api/messages/${first.id}/read`, { method: 'POST', headers });
      await untilShown(page, 0);

      // Read elsewhere while nobody was here.
      const second = await dan.send(chat.id, 'And here');
      await page.getByRole('navigation', { name: 'Chats' }).getByText('And here').waitFor();
      await push(flo, { title: 'dan in Club', body: 'And here', tag, data });
      await untilShown(page, 1);
      await page.goto(`${world.url}/health`);
      await fetch(`${world.server.url}/api/messages/${second.id}/read`, {
        method: 'POST',
        headers,
      });
      await page.goto(`${world.url}/app/`);
      await untilShown(page, 0);
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'a tab in the background tells of what comes, also of the chat that is open in it',
    async () => {
      const gus = await world.person('gus', { permissions: ['notifications'] });
      const dan = await world.server.user('dan');
      const { page, faults } = gus;
      const chat = await dan.direct(gus.user);
      await dan.send(chat.id, 'first');
      await page.evaluate(() => localStorage.setItem('confab.push', 'on'));
      await page.goto(`${world.url}/app/chats/${chat.id}`);
      await page.getByRole('log').getByText('first').waitFor();
      await untilWorking(page);
      await hide(gus);
      const tag = `chat-${chat.id}`;
      const shown = await eventually(async () => {
        // The server may not know yet that nobody looks any more.
        await dan.send(chat.id, 'are you there?');
        return (await shownBy(page))[0];
      }, 'a notification');
      expect(shown).toEqual({ title: dan.username, body: 'are you there?', tag });
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'who wants to be told on this device is asked then, and not before',
    async () => {
      const hal = await world.person('hal', { path: '/app/notifications' });
      const { page, context } = hal;
      await untilWorking(page);
      await page.reload();
      await page.getByText('Be told of new messages on this device').waitFor();
      await context.grantPermissions(['notifications']);
      await page.reload();
      await page.getByText('Nothing here yet').waitFor();
      expect(await page.getByText('Be told of new messages').count()).toBe(0);
    },
    PATIENCE_MS,
  );
});
