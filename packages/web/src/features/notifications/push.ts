import { workerReady } from '../../app/service-worker';
import { session } from '../../state/session';
import { keep, kept } from '../../storage/kept';

/** What this device does when something comes. */
export type PushState =
  /** The browser cannot show notifications here. */
  | 'unsupported'
  /** It could if the app were on the home screen. */
  | 'home_screen'
  /** The user told the browser to show none. */
  | 'blocked'
  | 'off'
  | 'on'
  /** Shows them while the app is open, as the browser's push service cannot be reached. */
  | 'open_only';

const KEPT = 'confab.push';

/** Whether the user wants notifications here, and the browser lets us. */
export const isWanted = (): boolean =>
  'Notification' in window && Notification.permission === 'granted' && kept(KEPT) === 'on';

export async function pushState(): Promise<PushState> {
  const worker = await workerReady();
  if (!worker || !('Notification' in window)) return unsupported();
  if (Notification.permission === 'denied') return 'blocked';
  if (!isWanted()) return 'off';
  return (await subscriptionOf(worker)) ? 'on' : 'open_only';
}

/** On iOS only apps on the home screen may. */
const unsupported = (): PushState =>
  'standalone' in navigator && navigator.standalone === false ? 'home_screen' : 'unsupported';

/** Asks the user, by the browser's own question, and the push service. Fails with a ClientError. */
export async function turnPushOn(): Promise<PushState> {
  const answer = await Notification.requestPermission();
  if (answer !== 'granted') return pushState();
  keep(KEPT, 'on');
  await renewPush();
  return pushState();
}

export async function turnPushOff(): Promise<PushState> {
  keep(KEPT, null);
  await session.client.api.unsubscribeWebPush();
  await unsubscribe();
  return pushState();
}

/** Registers this browser with the session, as far as it is wanted. */
export async function renewPush(): Promise<void> {
  const worker = await workerReady();
  if (!worker || !isWanted()) return;
  const { public_key } = await session.client.api.vapidPublicKey();
  const subscription = await subscribe(worker, public_key);
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  if (!endpoint || !keys?.p256dh || !keys.auth) return;
  const { p256dh, auth } = keys;
  await session.client.api.subscribeWebPush({ endpoint, keys: { p256dh, auth } });
}

/** @returns undefined where the browser's push service cannot be reached, or there is none */
async function subscribe(
  worker: ServiceWorkerRegistration,
  applicationServerKey: string,
): Promise<PushSubscription | undefined> {
  const options = { userVisibleOnly: true, applicationServerKey };
  const ask = () => worker.pushManager?.subscribe(options);
  try {
    return await ask().catch(async () => {
      // One for another key is in the way when the server was set up anew.
      await unsubscribe();
      return ask();
    });
  } catch {
    return undefined;
  }
}

const subscriptionOf = async (worker: ServiceWorkerRegistration) =>
  (await worker.pushManager?.getSubscription()) ?? undefined;

async function unsubscribe(): Promise<void> {
  const worker = await workerReady();
  await (worker && (await subscriptionOf(worker)))?.unsubscribe();
}

/**
 * Nobody is signed in any more: nothing of theirs is shown here. Who was signed out by others is
 * notified again after the next sign-in.
 */
export async function endPush(byOthers: boolean): Promise<void> {
  if (!byOthers) keep(KEPT, null);
  const worker = await workerReady();
  for (const notification of (await worker?.getNotifications()) ?? []) notification.close();
  await unsubscribe().catch(() => {});
}
