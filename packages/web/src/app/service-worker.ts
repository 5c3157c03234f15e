import { t } from '../i18n';
import { BUILDS, PAGE } from '../service-worker/builds';
import type { WorkerOrder } from '../service-worker/main';
import { session } from '../state/session';
import { toast } from '../ui/toasts';
import { goTo } from './router';

const TAKE_OVER: WorkerOrder = { type: 'take_over' };

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

/** A worker that was not there before is no new build, nor is one whose build this page is of already. */
function reloadWithNewBuild(container: ServiceWorkerContainer): void {
  let isKnown = container.controller === null || wasTaken;
  container.addEventListener('controllerchange', () => {
    if (isKnown) isKnown = false;
    else if (isAsked) location.reload();
    else offer(() => location.reload());
  });
}

/** Whether the user of this tab asked for the new build. */
let isAsked = false;
/** Says over a reload that the page is of a build whose worker still waits. */
const TAKEN = 'confab.taken';
/** A browser lets the old build's worker finish what it has under way, for minutes if need be. */
const PATIENCE_MS = 4_000;
const wasTaken = takeNote();

function takeNote(): boolean {
  try {
    const found = sessionStorage.getItem(TAKEN) !== null;
    sessionStorage.removeItem(TAKEN);
    return found;
  } catch {
    return false;
  }
}

/** Has the old build's worker give out the new page, whose files are kept, and goes over to it. */
async function reloadInto(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(BUILDS));
  const page = await (await caches.open(builds.at(-1) ?? BUILDS)).match(PAGE);
  if (page) {
    const all = await Promise.all(builds.map((name) => caches.open(name)));
    await Promise.all(all.map((cache) => cache.put(PAGE, page.clone())));
    sessionStorage.setItem(TAKEN, 'yes');
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
  if (wasTaken) registration.waiting?.postMessage(TAKE_OVER);
  else offerWaiting();
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
  waiting.postMessage(TAKE_OVER);
  setTimeout(() => void reloadInto().catch(() => location.reload()), PATIENCE_MS);
}
