import { t } from '../i18n';
import type { WorkerOrder } from '../service-worker/main';
import { session } from '../state/session';
import { toast } from '../ui/toasts';
import { goTo } from './router';

/** Browsers have workers only where the page came safely: from https, or from this machine. */
const container = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;

/** The app's worker, once it works; undefined where there is none. */
export async function workerReady(): Promise<ServiceWorkerRegistration | undefined> {
  return (await container?.getRegistration('/app/')) && container?.ready;
}

/** Gives the worker an order. Without a worker nothing happens. */
export async function order(what: WorkerOrder): Promise<void> {
  (await workerReady())?.active?.postMessage(what);
}

/** Starts the worker that keeps the app's files, and goes where its notifications lead. */
export function startWorker(): void {
  if (!container) return;
  container.addEventListener('message', ({ data }: MessageEvent) => {
    if (data?.type === 'open') goTo(data.place);
  });
  container.startMessages();
  reloadWithNewBuild(container);
  void container.ready.then(() => {
    if (container.controller === null) void order({ type: 'claim' });
  });
  container.register('/app/sw.js').then(followBuilds, (fault: unknown) => {
    console.warn('The app will not open without a network:', fault);
  });
}

/** A worker that was not there before is no new build. */
function reloadWithNewBuild(container: ServiceWorkerContainer): void {
  let isFirst = container.controller === null;
  container.addEventListener('controllerchange', () => {
    if (isFirst) isFirst = false;
    else if (isAsked) location.reload();
    else offer(() => location.reload());
  });
}

/** Says over a reload that the user of this tab asked for the new build. */
const ASKED = 'confab.take-over';
/** A browser lets the old build finish what it has under way; it has no more of this tab's once that reloads. */
const PATIENCE_MS = 4_000;

/** Whether the user of this tab asked for the new build. */
let isAsked = wasAsked();

function wasAsked(): boolean {
  try {
    const found = sessionStorage.getItem(ASKED) !== null;
    sessionStorage.removeItem(ASKED);
    return found;
  } catch {
    return false;
  }
}

function reloadAsked(): void {
  try {
    sessionStorage.setItem(ASKED, 'yes');
  } catch {
    // The browser keeps nothing: the new build is offered once more.
  }
  location.reload();
}

function offer(take: () => void): void {
  toast(t('common.newVersion'), { text: t('common.reload'), run: take }, { stays: true });
}

/** Looks for a new build whenever the server is back: it may have been updated meanwhile. */
function followBuilds(registration: ServiceWorkerRegistration): void {
  const offerWaiting = () => {
    if (registration.waiting && registration.active) offer(() => takeOver(registration));
  };
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offerWaiting);
  });
  offerWaiting();
  let wasOnline = session.connection.value.name === 'online';
  session.connection.subscribe(({ name }) => {
    if (name === 'online' && !wasOnline) registration.update().catch(() => {});
    wasOnline = name === 'online' || (wasOnline && name !== 'waiting');
  });
}

/** All tabs go on with the new build; what they have open they may load from the old one. */
function takeOver({ waiting }: ServiceWorkerRegistration): void {
  isAsked = true;
  if (!waiting) {
    location.reload();
    return;
  }
  const order: WorkerOrder = { type: 'take_over' };
  waiting.postMessage(order);
  setTimeout(reloadAsked, PATIENCE_MS);
}
