import { BUILDS, PAGE } from './builds';
import { respondDecrypted } from './decrypted';
import { DECRYPTED } from './decrypted-messages';
import { type FetchEvent, scope } from './scope';

/** Both are put before the script when the app is built. */
declare const BUILD: string;
/** The paths of all files of this build, but for the page itself. */
declare const FILES: readonly string[];

const OWN = BUILDS + BUILD;
/** Their names stand for one content each. */
const ASSETS = '/app/assets/';

/** Keeps all files of this build. Fails, to be tried again later, unless all of them are of this build. */
export async function keepBuild(): Promise<void> {
  const cache = await caches.open(OWN);
  await Promise.all([keepPage(cache), ...FILES.map((file) => keepFile(cache, file))]);
}

async function keepFile(cache: Cache, file: string): Promise<void> {
  const isAsset = file.startsWith(ASSETS);
  const known = isAsset ? await caches.match(file) : undefined;
  await cache.put(file, known ?? (await fetched(file, isAsset ? 'default' : 'no-cache')));
}

/** The server may have been updated since it gave this script: a page of another build is none for it. */
async function keepPage(cache: Cache): Promise<void> {
  const page = await fetched(PAGE, 'no-cache');
  const named = (await page.clone().text()).match(/\/app\/assets\/[^"]+/g) ?? [];
  if (named.some((file) => !FILES.includes(file))) throw new Error('The page is of another build');
  await cache.put(PAGE, page);
}

async function fetched(path: string, cache: RequestCache): Promise<Response> {
  const response = await fetch(path, { cache });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/** Pages that are open may still need files of the build before; older ones are nobody's any more. */
export async function dropOldBuilds(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(BUILDS));
  const [before] = builds.filter((name) => name !== OWN).slice(-1);
  const old = builds.filter((name) => name !== OWN && name !== before);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Answers for the app's own files, and for what a page decrypts. Calls of the API and everything else go their way. */
export function respond(event: FetchEvent): void {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== scope.location.origin) return;
  if (request.mode !== 'navigate' && pathname.startsWith(DECRYPTED)) {
    event.respondWith(respondDecrypted(event));
    return;
  }
  const path = request.mode === 'navigate' && isPlace(pathname) ? PAGE : pathname;
  if (path === PAGE || path.startsWith(ASSETS) || FILES.includes(path)) {
    event.respondWith(keptOr(path, request));
  }
}

/** Places in the app have no dot in their last part; files have. */
const isPlace = (path: string) => `${path}/`.startsWith(PAGE) && !/\.[^/]*$/.test(path);

async function keptOr(path: string, request: Request): Promise<Response> {
  const own = await caches.match(path, { cacheName: OWN });
  const kept = own ?? (path.startsWith(ASSETS) ? await caches.match(path) : undefined);
  return kept ?? fetch(request);
}
